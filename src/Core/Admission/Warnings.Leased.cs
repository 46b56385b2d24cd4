using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is bound to a lease ends in a long controller outage too. Who wrote that is told so, and still more who wrote
/// nothing and got it by default.
/// </summary>
public static partial class Warnings
{
    private static IEnumerable<string> Leased(Ledger after, SpecObject item) =>
        InstancePlan.Of(item)
            .Select(plan => (Part: plan.Role is { } role ? $"role {role}: " : "", Text: Leased(after, plan)))
            .Where(each => each.Text.Length > 0)
            .Select(each => each.Part + each.Text)
            .Distinct();

    private static string Leased(Ledger after, PlannedInstance plan)
    {
        if (plan.Template.Isolation is { } written)
        {
            return Ends(written)
                ? $"isolation {Word.Of(written)} {Outage}; {Hold}, or leaveRunning where something else proves a "
                    + "node dead"
                : "";
        }

        if (after.Instances.TryGetValue(plan.Name, out var made) && made.Owner == plan.Owner)
        {
            return Ends(made.Machine.Isolation)
                ? $"isolation stays {Word.Of(made.Machine.Isolation)}, because none is written and the default is "
                    + $"chosen only once, when an instance is made: it {Outage}; write isolation: leaveRunning where "
                    + $"something else proves a node dead, or {Hold}"
                : "";
        }

        return after.Find<ImageSpec>("Image", plan.Template.Image) is { } image
            && DefaultIsolation.Of(after, plan, image) is var chosen && Ends(chosen.Policy)
                ? $"isolation is {Word.Of(chosen.Policy)} by default, because {Lacking(chosen)}: it {Outage}; "
                    + "write isolation: leaveRunning where something else proves a node dead, or first a bmc in every "
                    + $"Node; where it is meant, write it, and {Hold}"
                : "";
    }

    private static string Outage =>
        "also acts in a controller outage longer than its lease, because a host cannot tell an outage from a partition";

    private static string Hold => "`havm controller hold` before a planned one";

    private static bool Ends(IsolationPolicy policy) => policy != IsolationPolicy.LeaveRunning;

    private static string Lacking(DefaultIsolation chosen) =>
        $"{Named("Node", chosen.Lacking)} {(chosen.Lacking.Length == 1 ? "has" : "have")} no bmc or other fencing that "
            + $"switches power, and {Named("Datastore", chosen.Loose)} "
            + $"{(chosen.Loose.Length == 1 ? "is" : "are")} not enforcing";

    /// <summary>Three by name at most: a cluster without BMCs is told in one line.</summary>
    private static string Named(string kind, ImmutableArray<string> names) =>
        string.Join(", ", names.Take(3).Select(name => $"{kind}/{name}"))
            + (names.Length > 3 ? $" and {names.Length - 3} more" : "");
}
