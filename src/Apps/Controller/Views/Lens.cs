using System.Collections.Immutable;
using System.Text.Json;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Specs;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

/// <summary>
/// One committed picture, looked at in one moment: turns records into what people are shown. Reads only; every time it
/// shows is on this controller's clock.
/// </summary>
/// <param name="Told">The history in memory, oldest first: it knows since when things are as they are.</param>
internal sealed partial record Lens(
    Cluster Cluster, Instant Now, DateTimeOffset Wall, ControllerConfig Config,
    Func<ImmutableArray<EventRecord>> Told)
{
    /// <summary>Items in the order of their names as people count: web-2 before web-10.</summary>
    public ListView<T> List<T>(IEnumerable<T> items, Func<T, string> name) =>
        List(items.OrderBy(name, NaturalOrder.Instance));

    public ListView<T> List<T>(IEnumerable<T> items) => new()
    {
        Items = [.. items],
        AtEvent = Cluster.Ledger.Counters.Event,
        Confirmed = Moment.Of(Wall, TimeSpan.Zero),
    };

    public ObjectView Object(SpecObject item) => new()
    {
        Kind = item.Spec.Kind,
        Metadata = new MetadataView(
            item.Metadata.Name, item.Metadata.Labels.IsEmpty ? null : item.Metadata.Labels, item.Revision),
        Spec = JsonSerializer.Deserialize(SpecWriter.ToJson(item.Spec).ToJsonString(), ApiJson.Default.JsonElement),
        Status = StatusOf(item),
    };

    private StatusView StatusOf(SpecObject item)
    {
        switch (item.Spec)
        {
            case NodeSpec when Cluster.Ledger.Nodes.TryGetValue(new NodeName(item.Metadata.Name), out var record):
                var node = Node(record);
                return new StatusView
                {
                    Phase = node.Phase,
                    Settled = node.Settled,
                    Reason = node.Reason,
                    Conditions = node.Conditions,
                    Confirmed = node.Confirmed,
                };
            case VirtualMachineSpec when Cluster.Ledger.Instances.TryGetValue(
                new InstanceName(item.Metadata.Name), out var one):
                var vm = Instance(one);
                return new StatusView
                {
                    Phase = vm.Phase,
                    Settled = vm.Settled,
                    Reason = vm.Reason,
                    Conditions = vm.Conditions,
                    Confirmed = vm.Confirmed,
                };
            case ServiceSpec spec:
                var service = Service(item.Metadata.Name, spec);
                return new StatusView
                {
                    Phase = service.Phase,
                    Settled = service.Settled,
                    Reason = service.Reason,
                    Conditions = service.Conditions,
                    Confirmed = service.Confirmed,
                };
            case LoadBalancerSpec balancer:
                return Balancer(item.Metadata.Name, balancer);
            default:
                return new StatusView { Phase = "applied", Settled = true, Confirmed = Moment.Of(Wall, TimeSpan.Zero) };
        }
    }

    private Moment? Heard(Instant? at) => at is { } instant ? Moment.Of(Wall - (Now - instant), Now - instant) : null;

    private Moment? At(DateTimeOffset? at) => at is { } time ? Moment.Of(time, Wall) : null;
}
