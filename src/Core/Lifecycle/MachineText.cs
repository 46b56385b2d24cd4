using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>Compares machine definitions by value: immutable arrays compare by reference on their own.</summary>
internal static class MachineText
{
    public static bool Same(MachineDefinition a, MachineDefinition b) =>
        a.Vcpus == b.Vcpus && a.Memory == b.Memory && a.Boot == b.Boot
        && a.GuestAgent == b.GuestAgent && a.Monitoring == b.Monitoring
        && a.Isolation == b.Isolation && a.Repair == b.Repair && a.DumpWithin == b.DumpWithin
        && a.Disks.SequenceEqual(b.Disks) && a.Nics.SequenceEqual(b.Nics)
        && Same(a.Application, b.Application);

    public static bool Same(GuestApplication? a, GuestApplication? b)
    {
        if (a is null || b is null)
        {
            return ReferenceEquals(a, b);
        }

        return a.Command.SequenceEqual(b.Command)
            && a.Probe with { Command = [] } == b.Probe with { Command = [] }
            && a.Probe.Command.SequenceEqual(b.Probe.Command)
            && a.Restart with { Backoff = [] } == b.Restart with { Backoff = [] }
            && a.Restart.Backoff.SequenceEqual(b.Restart.Backoff)
            && a.Environment.Count == b.Environment.Count
            && a.Environment.All(e => b.Environment.TryGetValue(e.Key, out var value) && value == e.Value);
    }
}
