using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// When machines are measured, and when what was measured is news. A report with news costs the controller a round, so
/// that small change is kept back: it is off by a tenth at most, which no placement hangs on.
/// </summary>
public static class UseWatch
{
    /// <summary>Time between two measurements of a node's machines, and what each averages over.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private const long SmallMilliCpus = 50;

    private static readonly Bytes SmallMemory = Bytes.MiB(32);

    /// <summary>Whether it differs from what was told by more than a tenth, and by more than a trifle.</summary>
    public static bool IsNews(MachineUse? told, MachineUse now) => told is not { } before
        || Differs(before.MilliCpus, now.MilliCpus, SmallMilliCpus)
        || Differs(before.Memory.Value, now.Memory.Value, SmallMemory.Value);

    private static bool Differs(long before, long now, long trifle) =>
        Math.Abs(now - before) > Math.Max(trifle, before / 10);
}
