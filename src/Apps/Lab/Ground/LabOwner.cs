using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// The process that a lab lives and dies with (`run`). Were it killed, what it left running is nobody's any more and
/// the next start takes it away.
/// </summary>
public sealed record LabOwner(int Pid, long Started)
{
    public static LabOwner Current { get; } =
        new(Environment.ProcessId, ProcStat.Started(Environment.ProcessId) ?? 0);

    public bool IsAlive => ProcStat.Started(Pid) == Started;

    /// <summary>Null where the lab was started to stay.</summary>
    public static LabOwner? Read(LabPlan plan) => LabFiles.ReadJson<LabOwner>(plan.Paths.Owner);

    public void Write(LabPlan plan) => LabFiles.WriteJson(plan.Paths.Owner, this);
}
