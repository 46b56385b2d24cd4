using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>The states of a machine and of its seat on their host, by the agent and by the warden.</summary>
public static class HostStates
{
    private const string Ends = "`havm vm stop`, `havm vm restart`";

    public static StateRow Of(MachineStep step) => step switch
    {
        MachineStep.Idle => new(
            "where it is wanted running the next try, 1 s doubling to 30 s, or at once when a lock frees; else none: "
                + "nothing is wanted of it",
            "HostMachine", "it is started, a few machines at a time, or handed back", Ends),
        MachineStep.Starting => new(
            "its disks' 30 s, its process' and its monitor's 20 s", "HostMachine", "it is made, or what is left of "
                + "it is ended", Ends),
        MachineStep.Held => new(
            "the next try to release it, 1 s, as long as its lease is not fresh", "HostMachine",
            "the warden lets its vCPUs run", Ends),
        MachineStep.Releasing => new(
            "the warden's answer, 5 s; silence is a refusal", "HostMachine", "it runs, or stays held", Ends),
        MachineStep.Up => new(
            "where it is monitored 3 min until its guest is first heard, and `healing.hangWait` of silence; else "
                + "none: it runs as wanted",
            "HostMachine", "it is watched, and begun anew in place for what ails it", Ends),
        MachineStep.Adopting => new(
            "its monitor's answer, 2 s", "HostMachine", "it is watched, or tried again", Ends),
        MachineStep.Unreachable => new(
            "`healing.hangWait` where it is wanted here; else none: it is tried again every 5 s, and the node's report "
                + "shows it",
            "HostMachine", "it is taken up again, or begun anew", Ends),
        MachineStep.Stopping => new(
            "the grace of the order (30 s)", "HostMachine", "what is left is ended by force", "`havm vm stop --grace`"),
        MachineStep.Ending => new(
            "none: only what is verified counts as gone, so it is tried again every second; past K of a lease the "
                + "watchdog resets the node",
            "WardenMachine", "nothing is left of it", "`havm node confirm-dead` once the machine is off"),
        MachineStep.GaveUp => new(
            "the controller's next round", "HealingDecider", "its seat is taken back", "`havm vm start`"),
    };

    public static StateRow Of(SeatPhase phase) => phase switch
    {
        SeatPhase.Permitted => new(
            "K of its lease where that binds it; else none: the agent makes its process or gives the seat back",
            "HostMachine", "its vCPUs are let run under a fresh lease", Ends),
        SeatPhase.Running => new(
            "P of its lease where that binds it; else none: it runs as wanted", "WardenMachine",
            "it is paused, asked to shut down or ended, by its policy", Ends),
        SeatPhase.Pausing => new(
            "K of its lease", "WardenMachine", "its vCPUs are held", "`havm vm restart`, once its node is heard"),
        SeatPhase.Paused => new(
            "K of its lease", "WardenMachine", "it goes on under a fresh lease, or is ended",
            "`havm vm restart`, once its node is heard"),
        SeatPhase.Resuming => new(
            "its monitor's answer, asked for each second", "WardenMachine", "its vCPUs run", Ends),
        SeatPhase.Stopping => new(
            "K of its lease", "WardenMachine", "what is left is ended by force", Ends),
        SeatPhase.Ending => new(
            "none: only an empty cgroup counts as ended; past K the watchdog is not fed and resets the node",
            "WardenMachine", "its cgroup is verified empty", "`havm node confirm-dead` once the machine is off"),
        SeatPhase.Ended => StateRow.Rest("`havm vm start`"),
    };
}
