using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The leader's process dies at its next commit: just before the store takes it, or just after, when it is durable and
/// nobody has been told. Its supervisor starts it again at once; it then campaigns like any other replica.
/// </summary>
public sealed record ControllerCrash(bool After) : IFault
{
    private static readonly FaultField What = FaultField.Word("at", "commit", "at which act", "commit");

    public static readonly FaultKind BeforeCommit = new(
        "controller-crash-before",
        "The leader's process dies just before its next commit reaches the store: nothing of it is durable, nobody was "
            + "told.",
        _ => new ControllerCrash(false), What) { StarvesLeases = true };

    public static readonly FaultKind AfterCommit = new(
        "controller-crash-after",
        "The leader's process dies when its next commit is durable and nobody has been told.",
        _ => new ControllerCrash(true), What) { StarvesLeases = true };

    public void Strike(VirtualWorld world) => world.CrashAtCommit(After);
}
