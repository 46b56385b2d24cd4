using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Notices;
using Havm.Core.Placement;
using Havm.Core.Placement.Scores;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Where instances that run could run as well. What belongs together is asked for, and goes, as one. Moves that were
/// planned with one planner know of each other.
/// </summary>
public sealed class MovePlanner(Cluster cluster)
{
    private static readonly ImmutableArray<IScore> Wishes = [new PinScore(), new SpreadScore()];

    private readonly Ledger _ledger = cluster.Ledger;
    private readonly HashSet<InstanceName> _sent = [];

    public PlacementView View { get; } = new(cluster);

    /// <summary>
    /// The instance, and those that share its node by a rule, in name order. Empty when one of them cannot be moved
    /// now: it is on the move already or was sent just now, wanted stopped, or has no seat on a node that is heard.
    /// </summary>
    public ImmutableArray<Instance> PartyOf(Instance instance)
    {
        ImmutableArray<Instance> seated =
        [
            .. View.Rules.GroupOf(instance.Name)
                .Select(name => _ledger.Instances.GetValueOrDefault(name)).OfType<Instance>()
                .Where(member => member.Seat is not null),
        ];
        return seated.Contains(instance) && seated.All(IsMovable) ? seated : [];
    }

    /// <summary>
    /// Whether it runs in a way that leaves nothing to be proven, on a node that can be told to stop it.
    /// </summary>
    public bool IsMovable(Instance instance) =>
        !_sent.Contains(instance.Name)
        && instance is { Seat: { } seat, Move: null, Wanted: WantedState.Running, Leaving: false }
        && instance.Unproven.IsEmpty
        && _ledger.Nodes.GetValueOrDefault(seat.Node)?.Phase is NodePhase.Up or NodePhase.DownByOrder;

    /// <summary>The best node of those that are wanted and legal for the whole party; null: there is none.</summary>
    public Candidate? Best(ImmutableArray<Instance> party, Func<Candidate, bool> wanted)
    {
        using var lifted = new Lifted(View, party);
        Candidate? best = null;
        var most = -1.0;
        foreach (var node in View.Candidates.Where(wanted))
        {
            if (RefusedBy(node, party) is null && Worth(node, party) is var worth && worth > most)
            {
                best = node;
                most = worth;
            }
        }

        return best;
    }

    /// <summary>Why the party may not go to a node; null: it may.</summary>
    public string? Refusal(ImmutableArray<Instance> party, Candidate node)
    {
        using var lifted = new Lifted(View, party);
        return RefusedBy(node, party) is { } refusal
            ? $"{refusal.Filter.Name}: {node.Node.Name} {refusal.Filter.Why(node, refusal.Instance, View)}"
            : null;
    }

    /// <summary>Whether pins or spread would be served worse there than where the party sits.</summary>
    public bool Worsens(ImmutableArray<Instance> party, Candidate from, Candidate to)
    {
        using var lifted = new Lifted(View, party);
        return party.Any(member => Wishes.Any(
            wish => wish.Of(to, member, View) < wish.Of(from, member, View)));
    }

    /// <summary>The proposals that send the party there.</summary>
    public IEnumerable<Proposal> Send(
        ImmutableArray<Instance> party, NodeName to, MoveCause cause, string because, bool returns = false)
    {
        foreach (var member in party)
        {
            View.Lift(member);
        }

        foreach (var member in party)
        {
            View.Seat(member, to);
            _sent.Add(member.Name);
        }

        return party.Where(member => member.Seat!.Node != to).Select(member =>
        {
            var from = member.Seat!.Node;
            var why = new Reason("moves", "moveBegun",
                $"{member.Name} moves from {from} to {to} and restarts there, because {because}");
            var note = new MoveNote(from, to, cause, why, cluster.Wall) { Returns = returns };
            return new Proposal(
                new MoveBegun(member.Name, note)
                {
                    Exit = RotationRule.ExitFor(cluster, member, why), Notice = NoticeFor(member, cause, why),
                },
                why, Impact.Restart);
        });
    }

    /// <summary>What repairs an instance that is not well does not wait for its guest.</summary>
    private NoticeNote? NoticeFor(Instance member, MoveCause cause, Reason why) =>
        cause is MoveCause.Storage or MoveCause.Endpoint
            ? null
            : NoticeRule.For(cluster, member, NoticeKind.Move, why, byPerson: cause == MoveCause.Order);

    private (IFilter Filter, Instance Instance)? RefusedBy(Candidate node, ImmutableArray<Instance> party)
    {
        foreach (var member in party)
        {
            if (PlacementDecider.RefusedBy(View, node, member) is { } filter)
            {
                return (filter, member);
            }
        }

        return null;
    }

    private double Worth(Candidate node, ImmutableArray<Instance> party) =>
        party.Sum(member => PlacementDecider.Total(View, node, member));

    /// <summary>The party is away from where it sits, and back when the question is answered.</summary>
    private sealed class Lifted : IDisposable
    {
        private readonly PlacementView _view;
        private readonly List<(Instance Instance, NodeName Node)> _sat = [];

        public Lifted(PlacementView view, ImmutableArray<Instance> party)
        {
            _view = view;
            foreach (var member in party)
            {
                if (view.Lift(member) is { } node)
                {
                    _sat.Add((member, node));
                }
            }
        }

        public void Dispose()
        {
            foreach (var (instance, node) in _sat)
            {
                _view.Seat(instance, node);
            }
        }
    }
}
