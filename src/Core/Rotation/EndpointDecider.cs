using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>
/// Row 1 of the health ladder: who does not answer its load balancer is out of rotation by the balancer's own hand;
/// here it goes on record, its guest is told, and it is let off again when it is back.
/// </summary>
public static class EndpointDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var (name, heard) in cluster.Balancers)
        {
            if (heard.DownSince.IsEmpty
                || cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", name) is not { } spec)
            {
                continue;
            }

            foreach (var member in heard.DownSince.Keys)
            {
                if (cluster.Ledger.Instances.GetValueOrDefault(member) is { Endpoint: null } instance
                    && IsBehind(cluster, instance, name)
                    && EndpointJudge.DownSince(cluster, heard, spec, instance, now) is { } since)
                {
                    foreach (var proposal in Failed(cluster, name, heard.Of(member)!, instance, since, now))
                    {
                        yield return proposal;
                    }
                }
            }
        }

        foreach (var instance in cluster.Ledger.Instances.OutOfRotation)
        {
            if (instance.Endpoint is { } note && LetOff(cluster, instance, note, now) is { } why)
            {
                yield return new Proposal(new EndpointWell(instance.Name), why) { Notes = true };
            }
        }
    }

    private static bool IsBehind(Cluster cluster, Instance instance, string balancer) =>
        cluster.Ledger.BalancersOf(instance).Any(b => b.Name == balancer);

    private static IEnumerable<Proposal> Failed(
        Cluster cluster, string balancer, MemberWord member, Instance instance, Instant since, Instant now)
    {
        var at = cluster.WallOf(since, now);
        var why = new Reason("rotation", "endpointDown",
            $"LoadBalancer/{balancer} took {instance.Name} out of rotation: its probes met {member.Check} "
                + $"(down since {at:HH:mm:ss}Z), while its guest says that it is well; its guest agent is told");
        var note = new EndpointNote(balancer, member.Check, at, EndpointRung.Told, cluster.Wall, why);
        yield return new Proposal(new EndpointFailed(instance.Name, note), why) { Notes = true, Told = false };
        var place = instance.Seat!.Node;
        var draft = IncidentFile.Draft(cluster, IncidentKind.EndpointDown, instance.Name.Value, why) with
        {
            DetectedAt = at,
            Instances = IncidentFile.One(instance.Name, new InstanceRecovery { From = place, To = place }),
        };
        yield return new Proposal(new IncidentOpened(draft, null), why);
    }

    /// <summary>Why nothing is held against it any more; null while something is.</summary>
    private static Reason? LetOff(Cluster cluster, Instance instance, EndpointNote note, Instant now)
    {
        if (instance.Leaving || instance.Wanted != WantedState.Running || !IsBehind(cluster, instance, note.Balancer))
        {
            return new Reason("rotation", "endpointUnasked", $"nobody asks the endpoint of {instance.Name} any more");
        }

        var heard = cluster.BalancerHeardOf(note.Balancer);
        return heard.IsFresh(now, cluster.Office.ListeningSince)
            && heard.Of(instance.Name) is { Rotation: MemberRotation.In, Health: MemberHealth.Up }
                ? new Reason("rotation", "endpointWell",
                    $"{instance.Name} answers LoadBalancer/{note.Balancer} again and is in rotation")
                : null;
    }
}
