using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Runtime.State;

/// <summary>A ledger without what only guests may know: the values of the environments that they are given.</summary>
public static class Withheld
{
    /// <summary>What stands in the place of a value.</summary>
    public const string Mark = "(withheld)";

    public static Ledger From(Ledger ledger) => ledger with
    {
        Specs = ledger.Specs.SetItems(ledger.Specs.Select(item => KeyValuePair.Create(item.Key, Of(item.Value)))),
        Instances = InstanceTable.Of(ledger.Instances.Values.Select(Of)),
    };

    private static SpecObject Of(SpecObject item) => item.Spec switch
    {
        VirtualMachineSpec vm => item with { Spec = vm with { Template = Of(vm.Template) } },
        ServiceSpec service => item with
        {
            Spec = service with
            {
                Roles = [.. service.Roles.Select(role => role with { Template = Of(role.Template) })],
            },
        },
        _ => item,
    };

    private static Instance Of(Instance instance) => instance with
    {
        Machine = Of(instance.Machine),
        StartedAs = instance.StartedAs is { } started ? started with { Machine = Of(started.Machine) } : null,
    };

    private static InstanceTemplate Of(InstanceTemplate template) =>
        template with { Application = Of(template.Application) };

    private static MachineDefinition Of(MachineDefinition machine) =>
        machine with { Application = Of(machine.Application) };

    private static GuestApplication? Of(GuestApplication? application) => application is null ? null
        : application with
        {
            Environment = application.Environment.ToImmutableDictionary(item => item.Key, _ => Mark),
        };
}
