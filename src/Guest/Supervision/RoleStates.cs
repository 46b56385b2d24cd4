using Havm.Model;

namespace Havm.Guest.Supervision;

/// <summary>What people can rely on about each state of the program in a guest.</summary>
public static class RoleStates
{
    private const string Again = "`havm vm restart`";

    public static StateRow Of(RolePhase phase) => phase switch
    {
        RolePhase.Idle => StateRow.Rest("`havm apply` gives it a command"),
        RolePhase.Starting => new(
            "the probe's `startTimeout`; without a probe it is ready at once", "RoleMachine",
            "it is ready, or is restarted", Again),
        RolePhase.Ready => StateRow.Rest(Again),
        RolePhase.Restarting => new(
            "its grace to end, 5 s, then it is killed", "RoleMachine", "its restart waits for its time", Again),
        RolePhase.Replacing => new(
            "its grace to end, 5 s, then it is killed", "RoleMachine", "the other command starts", Again),
        RolePhase.Ending => new(
            "its grace to end, 5 s, then it is killed", "RoleMachine", "it stays down", "`havm vm start`"),
        RolePhase.BackOff => new(
            "the wait of `application.restart.backoff` (0 to 10 s)", "RoleMachine", "it is started again", Again),
        RolePhase.Failed => new(
            "at once where it is monitored; else none: nobody is asked to look at it, and `havm vm show` says so",
            "HostMachine", "its machine is begun anew, or goes elsewhere", Again),
        RolePhase.Ended => StateRow.Rest("`havm vm start`"),
    };
}
