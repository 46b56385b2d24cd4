using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Notices;

/// <summary>
/// Whose guest is told ahead of what is planned with it, and until when the plan waits for that. Only plans wait: a
/// recovery, a repair and a node that goes by itself do not.
/// </summary>
public static class NoticeRule
{
    /// <summary>
    /// By so much earlier is the guest told that the plan may begin, so that nothing begins before the time that it
    /// reads: the way there may take 2 s, and the clock of a leader that takes over may be ahead by
    /// <see cref="WallTime.Slack"/>.
    /// </summary>
    public static readonly TimeSpan ToldEarlier = TimeSpan.FromSeconds(2) + WallTime.Slack;

    /// <summary>
    /// The notice that a plan gives the guest; null: it does not ask for any, it does not run, or the policy gives
    /// none. A plan that takes another's place has no more time than was left.
    /// </summary>
    public static NoticeNote? For(Cluster cluster, Instance instance, NoticeKind kind, Reason why, bool byPerson)
    {
        if (instance.Notice is { } begun)
        {
            return begun with
            {
                Id = begun.Kind == kind ? begun.Id : IdOf(cluster, instance, kind), Kind = kind, Why = why,
                ByPerson = byPerson, Restart = begun.Restart || kind == NoticeKind.Restart,
            };
        }

        var wait = cluster.Policy.Maintenance.Notice;
        return wait > TimeSpan.Zero && instance.WantedThere == WantedState.Running && Reads(cluster, instance)
            && cluster.Ledger.Nodes.GetValueOrDefault(instance.Seat!.Node) is
                { Phase: NodePhase.Up, Departure: null }
            ? new NoticeNote(
                IdOf(cluster, instance, kind), kind, why, byPerson, cluster.Wall, cluster.Wall + wait,
                kind == NoticeKind.Restart)
            : null;
    }

    /// <summary>What the node of an instance is told for its guest; null: nothing is planned.</summary>
    public static GuestNotice? WordOf(Instance instance, DateTimeOffset wall) => instance.Notice is { } note
        ? new GuestNotice(note.Id, note.Kind, Left(note, wall), note.ByPerson, note.Why.Message)
        : null;

    /// <summary>Why the plan need not wait any more; null while it must.</summary>
    public static Reason? Over(Cluster cluster, Instance instance, NoticeNote note)
    {
        var name = instance.Name;
        if (cluster.Wall >= note.Until || WallTime.IsAhead(note.Since, cluster.Wall))
        {
            return new Reason("notices", "noticeTimeOver", $"{name} had its notice, and its guest approved nothing");
        }

        // Of a node that has not spoken to this leader yet nothing is known.
        return InstanceMachine.ReportOf(cluster, instance) switch
        {
            null => null,
            { Approved: { } went, Phase: not (MachinePhase.Running or MachinePhase.Ready or MachinePhase.Paused) }
                when went == note.Id => new Reason(
                    "notices", "wentAhead", $"the guest of {name} shut down on its notice: {note.Why.Message}"),
            { Approved: { } approved } when approved == note.Id =>
                new Reason("notices", "approved", $"the guest of {name} approves: {note.Why.Message}"),
            { Phase: not (MachinePhase.Running or MachinePhase.Ready or MachinePhase.Paused) } =>
                new Reason("notices", "notRunning", $"{name} does not run now: there is nobody to be told"),
            { ReadsNotices: false } =>
                new Reason("notices", "notRead", $"the guest of {name} does not ask for notices any more"),
            _ => null,
        };
    }

    /// <summary>What is waited for, and until when, for people.</summary>
    public static string Waits(NoticeNote note) =>
        $"its guest is told ahead: {note.Why.Message}; it begins when the guest approves, or at "
            + $"{note.Until:HH:mm:ss}Z";

    private static bool Reads(Cluster cluster, Instance instance) => InstanceMachine.ReportOf(cluster, instance) is
        { ReadsNotices: true, Phase: MachinePhase.Running or MachinePhase.Ready };

    private static string IdOf(Cluster cluster, Instance instance, NoticeKind kind) =>
        $"{instance.Name}-{instance.Seat!.Generation}-{Word.Of(kind)}-{cluster.Wall.ToUnixTimeMilliseconds()}";

    private static TimeSpan Left(NoticeNote note, DateTimeOffset wall) =>
        note.Until - wall - ToldEarlier is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
