using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>What is legal and yet worth saying at apply: risks a person chooses, named before they bite.</summary>
public static class Warnings
{
    public static ImmutableArray<string> About(Ledger after, ImmutableArray<SpecObject> submitted) =>
        [.. submitted.SelectMany(item => About(after, item)).Distinct()];

    private static IEnumerable<string> About(Ledger after, SpecObject item) => item.Spec switch
    {
        NodeSpec { Watchdog: WatchdogKind.TrustWarden } =>
            [$"{item.Key}: trustWarden counts lease expiry as proof with no independent watchdog behind it: "
                + "a node that hangs in its kernel could break that promise"],
        NodeSpec { Bmc: null, Watchdog: WatchdogKind.None } =>
            [$"{item.Key}: without a BMC and a watchdog nothing but an operator can prove it dead; "
                + "its instances will wait"],
        VirtualMachineSpec vm => Leased($"{item.Key}", vm.Template).Concat(Alone(item.Key, vm.Template)),
        ServiceSpec service => service.Roles.SelectMany(r => Leased($"{item.Key} role {r.Name}", r.Template)),
        _ => [],
    };

    private static IEnumerable<string> Leased(string name, InstanceTemplate template) =>
        template.Isolation is IsolationPolicy.Pause or IsolationPolicy.Stop or IsolationPolicy.PowerOff
            ? [$"{name}: isolation {template.Isolation.ToString()!.ToLowerInvariant()} also ends it in a controller "
                + "outage longer than its lease, because a host cannot tell an outage from a partition; "
                + "this cluster has one controller"]
            : [];

    private static IEnumerable<string> Alone(SpecKey key, InstanceTemplate template) =>
        template.AvailabilitySet is null
            ? [$"{key}: is in no availability set, so it is outside the promise of spread"]
            : [];
}
