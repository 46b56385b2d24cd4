using Havm.Model;

namespace Havm.Specs;

/// <summary>The policy's section about nodes that go in good order.</summary>
internal static class MaintenanceFields
{
    public static readonly MaintenancePolicy Usual = new();

    private const string Words =
        "`failover`: they start elsewhere at once; `hold`: they wait for their node; `drain`: they move first, and the "
        + "node goes when none is left that could; what it leaves behind starts elsewhere once that is proven.";

    private static readonly Member<MaintenancePolicy, DeparturePolicy> OnShutdown = Member.Optional(
        "onShutdown", new WordType<DeparturePolicy>(), Usual.OnShutdown, (MaintenancePolicy p) => p.OnShutdown,
        "What becomes of the instances of a node that announces a shutdown. " + Words);

    private static readonly Member<MaintenancePolicy, DeparturePolicy> OnReboot = Member.Optional(
        "onReboot", new WordType<DeparturePolicy>(), Usual.OnReboot, (MaintenancePolicy p) => p.OnReboot,
        "The same for a reboot. " + Words);

    private static readonly Member<MaintenancePolicy, bool> Return = Member.Optional(
        "return", FlagType.Instance, Usual.Return, (MaintenancePolicy p) => p.Return,
        "Whether instances that a drain moved away go back once their node takes seats again.");

    private static readonly Member<MaintenancePolicy, int> MovesAtOnce = Member.Optional(
        "movesAtOnce", new IntegerType(1, 100), Usual.MovesAtOnce, (MaintenancePolicy p) => p.MovesAtOnce,
        "Moves that leave one node at the same time.");

    private static readonly Member<MaintenancePolicy, TimeSpan> Notice = Member.Optional(
        "notice", new DurationType(TimeSpan.Zero, TimeSpan.FromMinutes(15)), Usual.Notice,
        (MaintenancePolicy p) => p.Notice,
        "How long a planned move, restart or stop waits for the approval of a guest that has asked for its scheduled "
            + "events within a day. Nobody else is waited for; 0 s: nobody at all.");

    public static readonly Shape<MaintenancePolicy> Shape = new(
        [OnShutdown, OnReboot, Return, MovesAtOnce, Notice],
        v => new MaintenancePolicy
        {
            OnShutdown = v.Get(OnShutdown), OnReboot = v.Get(OnReboot), Return = v.Get(Return),
            MovesAtOnce = v.Get(MovesAtOnce), Notice = v.Get(Notice),
        });
}
