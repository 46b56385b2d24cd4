using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement.Filters;

/// <summary>
/// What belongs together shares one node: the one where the first of them sits, or else one that can take all of them
/// that wait.
/// </summary>
public sealed class TogetherFilter : IFilter
{
    public string Name => "together";

    public bool Passes(Candidate node, Instance instance, PlacementView view) => Obstacle(node, instance, view) is null;

    public string Why(Candidate node, Instance instance, PlacementView view) => Obstacle(node, instance, view)!;

    private static string? Obstacle(Candidate node, Instance instance, PlacementView view)
    {
        var group = view.Rules.GroupOf(instance.Name);
        if (group.Length == 1)
        {
            return null;
        }

        foreach (var partner in group.Where(partner => partner != instance.Name))
        {
            if (view.SeatOf(partner) is { } seat)
            {
                return seat == node.Node.Name ? null : $"{partner} sits on {seat}, and they belong together";
            }
        }

        return RoomForAll(node, instance, group, view);
    }

    private static string? RoomForAll(
        Candidate node, Instance instance, IEnumerable<InstanceName> group, PlacementView view)
    {
        var (vcpus, memory) = (0, default(Bytes));
        foreach (var member in group)
        {
            if ((member == instance.Name ? instance : view.Waiting(member)) is not { } waiting)
            {
                continue;
            }

            vcpus += waiting.Machine.Vcpus;
            memory += waiting.Machine.Memory;
            if (view.Rules.PinAgainst(member, node.Node.Name) is { } pin)
            {
                return $"{member} belongs to it and may not start there: PlacementRule/{pin}";
            }

            if (ApartFilter.RivalOn(node, member, view) is { } rival)
            {
                return $"{member} belongs to it and {rival}";
            }
        }

        return node.IsTooSmallFor(vcpus, memory)
            ? $"has no room for all that belong together: {vcpus} vCPUs and {memory}"
            : null;
    }
}
