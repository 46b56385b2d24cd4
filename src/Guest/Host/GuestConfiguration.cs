using Havm.Model;
using Havm.Wire.Guest;
using WireProbe = Havm.Wire.Guest.ProbeSpec;
using WireProbeKind = Havm.Wire.Guest.ProbeKind;
using WireRole = Havm.Wire.Guest.RoleSpec;

namespace Havm.Guest.Host;

/// <summary>Says a seat in the guest protocol's words.</summary>
public static class GuestConfiguration
{
    public static ConfigureMessage For(SeatGoal seat, TimeSpan beatPeriod) =>
        new(seat.Machine.Instance.Value, seat.Generation.Value, RoleOf(seat.Machine), beatPeriod,
            seat.RoleRestarts == 0 ? null : seat.RoleRestarts, seat.EndpointTrouble,
            seat.Notice is { } notice ? NoticeOf(notice) : null);

    private static NoticeSpec NoticeOf(GuestNotice notice) => new(
        notice.Id,
        notice.Kind switch
        {
            NoticeKind.Restart => NoticeType.Reboot,
            NoticeKind.Move => NoticeType.Redeploy,
            NoticeKind.Stop => NoticeType.Terminate,
        },
        notice.Left, notice.ByPerson ? NoticeSource.User : NoticeSource.Platform, notice.Why);

    private static WireRole? RoleOf(MachineDefinition machine) =>
        machine.Application is { Command.Length: > 0 } application
            ? new WireRole(
                machine.Instance.Value, application.Command, application.Environment, ProbeOf(application.Probe),
                new RestartSpec(
                    application.Restart.Backoff, application.Restart.Limit, application.Restart.StableAfter))
            : null;

    private static WireProbe? ProbeOf(Model.ProbeSpec probe) => probe.Kind switch
    {
        Model.ProbeKind.None => null,
        Model.ProbeKind.Http => Timed(new WireProbe(WireProbeKind.Http, probe.Port, probe.Path), probe),
        Model.ProbeKind.Tcp => Timed(new WireProbe(WireProbeKind.Tcp, probe.Port), probe),
        Model.ProbeKind.Command => Timed(new WireProbe(WireProbeKind.Command, Command: probe.Command), probe),
    };

    private static WireProbe Timed(WireProbe wire, Model.ProbeSpec probe) =>
        wire with
        {
            Period = probe.Period, Timeout = probe.Timeout, Misses = probe.Misses, StartTimeout = probe.StartTimeout,
        };
}
