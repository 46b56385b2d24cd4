using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>
/// What a running machine has not taken up yet of its definition, because that needs a new process. Derived from what
/// was noted when the definition changed and from what the node reports since.
/// </summary>
public static class PendingStart
{
    /// <summary>Empty when the process, if there is one, is as it is wanted.</summary>
    public static ImmutableArray<string> Of(Cluster cluster, Instance instance) =>
        Of(cluster, instance, instance.Machine);

    /// <summary>The same, were it defined like this.</summary>
    public static ImmutableArray<string> Of(Cluster cluster, Instance instance, MachineDefinition wanted)
    {
        if (instance.Seat is not { } seat)
        {
            return [];
        }

        var report = InstanceMachine.ReportOf(cluster, instance);
        if (report is { Pid: 0 })
        {
            return [];
        }

        if (instance.StartedAs is { } noted && noted.IsOf(seat, report?.StartedAt))
        {
            return MachineChange.AtNextStart(noted.Machine, wanted);
        }

        return report is null ? [] : MachineChange.AtNextStart(instance.Machine, wanted);
    }
}
