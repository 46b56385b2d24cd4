using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>
/// What a balancer's word on a member means. The balancer itself is the first suspect: nobody is judged by one that
/// cannot be heard, nor for not answering while not one member answers it.
/// </summary>
public static class EndpointJudge
{
    /// <summary>
    /// Since when the endpoint is down, as far as this balancer may be believed; null: it is not judged.
    /// </summary>
    public static Instant? DownSince(
        Cluster cluster, BalancerHeard heard, LoadBalancerSpec spec, Instance instance, Instant now)
    {
        if (!heard.IsFresh(now, cluster.Office.ListeningSince)
            || !IsJudged(cluster, instance)
            || heard.Of(instance.Name) is not { Health: MemberHealth.Down } member
            || !heard.DownSince.TryGetValue(instance.Name, out var since)
            || SuspectsItself(heard, spec, member, since, now))
        {
            return null;
        }

        // One that never was in rotation has not been up: it gets as long to answer as it would take to fall.
        return member.Rotation == MemberRotation.In || now - since >= spec.Probe.Patience ? since : null;
    }

    /// <summary>
    /// It is as its guest says: well, on a node that is heard, nothing is planned with it, and nobody outside works on
    /// it. Everything else is watched by who is nearer.
    /// </summary>
    public static bool IsJudged(Cluster cluster, Instance instance) =>
        instance is
        {
            Seat: { } seat, Wanted: WantedState.Running, Leaving: false, Move: null, RotationExit: null, Busy: null,
            Machine.Monitoring: not MonitoringMode.Off,
        }
        && cluster.Ledger.Nodes[seat.Node].Phase == NodePhase.Up
        && InstanceMachine.ReportOf(cluster, instance) is { } report
        && InstanceMachine.IsWell(instance, report) && report.RestartOrder >= instance.RestartOrder;

    /// <summary>
    /// Silence is put down to a member only while another answers, and has had the time to show that it still does.
    /// What answers wrongly, or refuses, has been reached.
    /// </summary>
    public static bool SuspectsItself(
        BalancerHeard heard, LoadBalancerSpec spec, MemberWord member, Instant since, Instant now) =>
        !member.Answered
        && (now - since < spec.Probe.Every + spec.Probe.Timeout
            || heard.Word!.Members.All(other => other.Health != MemberHealth.Up));

    /// <summary>For people: why a balancer judges nobody now; null while it may.</summary>
    public static string? Frozen(Cluster cluster, BalancerHeard heard, Instant now) =>
        !heard.IsFresh(now, cluster.Office.ListeningSince)
            ? heard.Trouble.Length > 0 ? $"it cannot be heard: {heard.Trouble}" : "it has not been heard yet"
            : heard.Word!.Members.Any(m => m.Health == MemberHealth.Down)
                && heard.Word.Members.All(m => m.Health != MemberHealth.Up && !m.Answered)
                ? "not one of its members answers: its own network is suspected" : null;
}
