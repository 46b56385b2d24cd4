using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Moves;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>
/// A member that stays out of rotation although its guest says that it is well climbs the ladder, one rung each time
/// its balancer's limit has passed, and one member of a balancer at a time.
/// </summary>
public static class EndpointLadder
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        HashSet<string>? busy = null;
        foreach (var instance in cluster.Ledger.Instances.OutOfRotation)
        {
            if (instance.Endpoint is not { Rung: not EndpointRung.Moved } note
                || cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", note.Balancer) is not { Limit: { } limit } spec
                || cluster.Wall - note.RungAt < limit
                || EndpointJudge.DownSince(
                    cluster, cluster.BalancerHeardOf(note.Balancer), spec, instance, now) is not { } since
                || now - since < limit)
            {
                continue;
            }

            busy ??= Busy(cluster);
            if (busy.Add(note.Balancer))
            {
                foreach (var proposal in Climb(cluster, instance, note, now - since))
                {
                    yield return proposal;
                }
            }
        }
    }

    /// <summary>What the next rung would be, for people; null: there is none.</summary>
    public static string? Next(EndpointNote note, LoadBalancerSpec spec) => spec.Limit is not { } limit ? null
        : note.Rung switch
        {
            EndpointRung.Told => $"its role is restarted at {note.RungAt + limit:HH:mm:ss}Z",
            EndpointRung.RoleRestarted => $"it is reset at {note.RungAt + limit:HH:mm:ss}Z",
            EndpointRung.Reset => $"it moves at {note.RungAt + limit:HH:mm:ss}Z",
            EndpointRung.Moved => null,
        };

    /// <summary>Balancers of which another member was given its rung less than a limit ago.</summary>
    private static HashSet<string> Busy(Cluster cluster) =>
    [
        .. cluster.Ledger.Instances.OutOfRotation
            .Where(i => i.Endpoint is { Rung: not EndpointRung.Told } note
                && cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", note.Balancer) is { Limit: { } limit }
                && cluster.Wall - note.RungAt < limit)
            .Select(i => i.Endpoint!.Balancer),
    ];

    private static IEnumerable<Proposal> Climb(Cluster cluster, Instance instance, EndpointNote note, TimeSpan down)
    {
        var known = $"{instance.Name} is out of rotation for {down.TotalSeconds:0} s ({note.Check}) "
            + "and its guest says that it is well";
        switch (note.Rung)
        {
            case EndpointRung.Told when instance.Machine.Application is { Command.IsEmpty: false }:
                yield return Rung(cluster, instance, note, EndpointRung.RoleRestarted, "roleRestarted",
                    $"{known}: its guest agent restarts its role");
                break;
            case EndpointRung.Told:
                yield return Rung(cluster, instance, note, EndpointRung.Reset, "endpointReset",
                    $"{known}: it has no role that could be restarted, so it is shut down and started again");
                break;
            case EndpointRung.RoleRestarted:
                yield return Rung(cluster, instance, note, EndpointRung.Reset, "endpointReset",
                    $"{known}, after its role was restarted too: it is shut down and started again");
                break;
            case EndpointRung.Reset:
                foreach (var proposal in Away(cluster, instance, note, known))
                {
                    yield return proposal;
                }

                break;
            case EndpointRung.Moved:
                break;
        }
    }

    private static IEnumerable<Proposal> Away(Cluster cluster, Instance instance, EndpointNote note, string known)
    {
        var planner = new MovePlanner(cluster);
        ImmutableArray<Instance> party = planner.PartyOf(instance);
        if (party is not [_] || planner.Best(party, to => to.Node.Name != instance.Seat!.Node) is not { } place)
        {
            yield return Rung(cluster, instance, note, EndpointRung.Moved, "endpointStuck",
                $"{known}, after a reset too, and it can run on no other node alone: a person is needed");
            yield break;
        }

        foreach (var move in planner.Send(
            party, place.Node.Name, MoveCause.Endpoint, "its endpoint does not answer, after a reset too"))
        {
            yield return move;
        }

        yield return Rung(cluster, instance, note, EndpointRung.Moved, "endpointMoved",
            $"{known}, after a reset too: it moves; if that does not help either a person is needed") with
        {
            Follows = true, Told = false,
        };
    }

    private static Proposal Rung(
        Cluster cluster, Instance instance, EndpointNote note, EndpointRung rung, string code, string message)
    {
        var why = new Reason("rotation", code, message);
        var next = note with { Rung = rung, RungAt = cluster.Wall, Why = why };
        return new Proposal(new EndpointEscalated(instance.Name, next), why, Impact.Restart);
    }
}
