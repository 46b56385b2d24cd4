using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Observation;

/// <summary>Notes since when which rules only observe, and tells when one begins to and when one acts again.</summary>
public static class ObserveDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var noted = cluster.Ledger.Observing.Since;
        foreach (var rule in cluster.Policy.Observe.Where(rule => !noted.ContainsKey(rule)))
        {
            var why = new Reason("observing", "ruleObserves",
                $"the policy says that {Word.Of(rule)} only observes: "
                    + "what it wants is said here and in `havm status`, and not done");
            yield return new Proposal(new RuleObserves(rule, cluster.Wall), why) { Notes = true };
        }

        foreach (var rule in noted.Keys.Where(rule => !cluster.Policy.Observe.Contains(rule)))
        {
            var why = new Reason("observing", "ruleActs",
                $"{Word.Of(rule)} acts again: what is still due is done now");
            yield return new Proposal(new RuleActs(rule), why) { Notes = true };
        }
    }
}
