using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>
/// From what slots are to what they shall be. A member is found by its address, which it keeps for life. One that comes
/// in is drained and down first: it is probed, gets nothing, and is let in when its probes have passed.
/// </summary>
internal static class SlotPlan
{
    /// <summary>Lines for the runtime socket, in order; empty when all is as it shall be.</summary>
    public static List<string> Steps(BalancerPlan plan, IReadOnlyList<Slot> slots)
    {
        var steps = new List<string>();
        var kept = new HashSet<string>();
        var come = new List<PlannedMember>();
        foreach (var member in plan.Members)
        {
            if (Of(member, plan, slots) is { } slot && kept.Add(slot.Name))
            {
                steps.AddRange(Change(slot, member.Wish));
            }
            else if (member.Wish == MemberWish.In)
            {
                come.Add(member);
            }
        }

        var left = slots.Where(slot => !kept.Contains(slot.Name)).ToList();
        steps.AddRange(left.Where(slot => !slot.IsOut).Select(slot => State(slot, "maint")));
        foreach (var (member, slot) in come.Zip(left))
        {
            steps.Add($"{State(slot, "maint")}; "
                + $"set server {At(slot)} addr {member.Address} port {plan.Spec.Port}; {Join(slot)}");
        }

        return steps;
    }

    /// <summary>What is said of each member that has a slot.</summary>
    public static IEnumerable<MemberWord> Words(BalancerPlan plan, IReadOnlyList<Slot> slots)
    {
        foreach (var member in plan.Members)
        {
            if (Of(member, plan, slots) is { } slot)
            {
                yield return new MemberWord(member.Instance, RotationOf(slot, member.Wish), slot.Health)
                {
                    Check = slot.Words,
                    Answered = slot.Answered,
                    Sessions = slot.Sessions,
                    Requests = slot.Requests,
                    Errors = slot.Errors,
                };
            }
        }
    }

    private static MemberRotation RotationOf(Slot slot, MemberWish wish) => slot.IsOut ? MemberRotation.Out
        : !slot.IsDrained ? MemberRotation.In
        : wish is MemberWish.Drain or MemberWish.Out ? MemberRotation.Draining
        : MemberRotation.Joining;

    private static IEnumerable<string> Change(Slot slot, MemberWish wish) => wish switch
    {
        MemberWish.In when slot.IsOut => [Join(slot)],
        MemberWish.In when slot is { IsDrained: true, Runs: true } => [State(slot, "ready")],
        MemberWish.Drain when !slot.IsOut && !slot.IsDrained => [State(slot, "drain")],
        MemberWish.Out when !slot.IsOut => [State(slot, "maint")],
        MemberWish.Keep or MemberWish.In or MemberWish.Drain or MemberWish.Out => [],
    };

    private static Slot? Of(PlannedMember member, BalancerPlan plan, IReadOnlyList<Slot> slots) =>
        slots.FirstOrDefault(slot => slot.Address == member.Address && slot.Port == plan.Spec.Port);

    private static string Join(Slot slot) => $"{State(slot, "drain")}; set server {At(slot)} health down";

    private static string State(Slot slot, string state) => $"set server {At(slot)} state {state}";

    private static string At(Slot slot) => $"{Configuration.Backend}/{slot.Name}";
}
