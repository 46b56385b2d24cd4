using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

/// <summary>Load balancers and who is in rotation behind them.</summary>
internal sealed partial record Lens
{
    private StatusView Balancer(string name, LoadBalancerSpec spec)
    {
        var heard = Cluster.BalancerHeardOf(name);
        var members = BalancerPlan.InstancesBehind(Cluster.Ledger, spec).Select(i => i.Name).ToList();
        var serving = members.Count(m => IsServing(heard.Of(m)));
        var fresh = heard.IsFresh(Now, Cluster.Office.ListeningSince);
        var away = members.Where(m => !IsServing(heard.Of(m)))
            .Select(m => $"{m} {Standing(heard, m)}").Order(NaturalOrder.Instance);
        var frozen = EndpointJudge.Frozen(Cluster, heard, Now);
        return new StatusView
        {
            Phase = !fresh ? "silent" : serving == members.Count ? "serving" : serving == 0 ? "down" : "degraded",
            Settled = fresh && serving == members.Count,
            Reason = new Reason("rotation", fresh ? "members" : "balancerSilent",
                (fresh ? $"{serving} of {Count.Of(members.Count, "member")} in rotation on "
                    + $"{spec.Address}:{spec.Listen}" : $"{frozen}")
                    + (fresh && serving < members.Count ? $"; {string.Join("; ", away)}" : "")),
            Conditions = frozen is null ? [] :
            [
                new ConditionView("Judging", "false", "frozen", $"nobody is judged: {frozen}", Heard(heard.At)),
            ],
            Confirmed = heard.Word is null ? null : Heard(heard.At),
        };
    }

    /// <summary>Nothing of instances that no balancer stands before.</summary>
    private IEnumerable<ConditionView> Rotation(Instance instance)
    {
        foreach (var (name, spec) in Cluster.Ledger.BalancersOf(instance).Take(1))
        {
            var heard = Cluster.BalancerHeardOf(name);
            var known = heard.IsFresh(Now, Cluster.Office.ListeningSince);
            var member = heard.Of(instance.Name);
            yield return new ConditionView(
                ConditionView.InRotation,
                !known ? "unknown" : IsServing(member) ? "true" : "false",
                instance.RotationExit is not null ? "leaving" : instance.Endpoint is not null ? "endpointDown"
                    : IsServing(member) ? "serving" : "out",
                $"LoadBalancer/{name}: {Why()}" + (known ? "" : $" ({EndpointJudge.Frozen(Cluster, heard, Now)})"),
                heard.Word is null ? null : Heard(heard.At));

            string Why() => instance.RotationExit is { } exit
                ? $"{instance.Name} leaves rotation until {exit.Until:HH:mm:ss}Z at the latest: {exit.Why.Message}"
                : instance.Endpoint is { } note ? note.Why.Message
                    + (known && EndpointLadder.Next(note, spec) is { } next ? $"; unless it answers {next}" : "")
                : $"{instance.Name} {Standing(heard, instance.Name)}";
        }
    }

    /// <summary>Of a whole service: who of it is not in rotation.</summary>
    private static IEnumerable<ConditionView> OutOfRotation(List<InstanceView> members)
    {
        List<ConditionView> away =
        [
            .. members.SelectMany(m => m.Conditions)
                .Where(c => c is { Type: ConditionView.InRotation, Status: not "true" }),
        ];
        return away.Count == 0 ? [] :
        [
            away[0] with { Reason = "out", Message = string.Join("; ", away.Select(c => c.Message).Distinct()) },
        ];
    }

    private static bool IsServing(MemberWord? member) => member is
    {
        Rotation: MemberRotation.In, Health: not MemberHealth.Down,
    };

    private static string Standing(BalancerHeard heard, InstanceName member) => heard.Of(member) is not { } word
        ? "is no member yet"
        : word.Rotation switch
        {
            MemberRotation.Out => "is out of rotation: it does not run, or is on its way",
            MemberRotation.Joining => $"is probed before it comes in ({Check(word)})",
            MemberRotation.Draining => $"leaves rotation, with {Count.Of(word.Sessions, "connection")} left",
            MemberRotation.In when word.Health == MemberHealth.Down => $"is out of rotation: {Check(word)}",
            MemberRotation.In => $"is in rotation ({Check(word)}), {Count.Of(word.Sessions, "connection")} now, "
                + $"{word.Requests} so far, {word.Errors} failed",
        };

    private static string Check(MemberWord word) => word.Check.Length > 0 ? word.Check : "not probed yet";
}
