using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Busyness;

/// <summary>Ends each mark at its time, whoever has forgotten it.</summary>
public static class BusyDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance.Busy is not { } mark)
            {
                continue;
            }

            if (cluster.Wall >= mark.Until)
            {
                var over = new Reason("busy", "over",
                    $"{instance.Name} is not busy any more ({mark.Why}): the time that {mark.By} gave it is over; its "
                        + "silence is judged again, and counted anew");
                yield return new Proposal(new BusyEnded(instance.Name, cluster.Wall), over) { Notes = true };
            }
            else if (WallTime.IsAhead(mark.At, cluster.Wall))
            {
                var next = mark with { At = cluster.Wall, Until = cluster.Wall + (mark.Until - mark.At) };
                var set = new Reason("busy", "clockSetBack",
                    $"{instance.Name} was marked busy ({mark.Why}) by a clock that was ahead: it is so until "
                        + $"{next.Until:yyyy-MM-dd HH:mm:ss}Z");
                yield return new Proposal(new BusyMarked(instance.Name, next), set) { Notes = true };
            }
        }
    }
}
