using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is wrong with dependencies in their cluster: a target that is not there, a circle in which nobody could be
/// first, and a priority that says the contrary.
/// </summary>
internal sealed class DependencyCheck
{
    private readonly Ledger _after;
    private readonly HashSet<string> _submitted;
    private readonly ILookup<string, Group> _byObject;

    /// <summary>By what they depend on, those that were not submitted.</summary>
    private readonly ILookup<string, (Group Group, Dependency On)> _dependants;

    /// <param name="after">The ledger as it would be.</param>
    /// <param name="submitted">What is looked at; others are when it changes something for them.</param>
    public DependencyCheck(Ledger after, IEnumerable<SpecObject> submitted)
    {
        _after = after;
        _submitted = submitted.Select(item => item.Key.ToString()).ToHashSet(StringComparer.Ordinal);
        List<Group> groups =
        [
            .. after.All<VirtualMachineSpec>().Select(vm =>
                new Group(new SpecKey("VirtualMachine", vm.Name), null, "spec", vm.Spec.Template)),
            .. after.All<ServiceSpec>().SelectMany(service => service.Spec.Roles.Select((role, i) =>
                new Group(new SpecKey("Service", service.Name), role.Name, $"spec.roles[{i}]", role.Template))),
        ];
        _byObject = groups.ToLookup(group => group.Owner.ToString());
        _dependants = groups
            .Where(group => !group.Template.DependsOn.IsEmpty && !_submitted.Contains(group.Owner.ToString()))
            .SelectMany(group => group.Template.DependsOn.Select(on => (group, on)))
            .ToLookup(each => $"{each.on.Kind}/{each.on.Name}");
    }

    /// <summary>All that is wrong with one object that was submitted.</summary>
    public IEnumerable<SpecError> Check(SpecKey key) =>
        _byObject[key.ToString()].SelectMany(OfGroup).Concat(OfDependants(key));

    private IEnumerable<SpecError> OfGroup(Group group)
    {
        var name = group.Owner.ToString();
        foreach (var (dependency, i) in group.Template.DependsOn.Select((d, i) => (d, i)))
        {
            var field = $"{group.Path}.dependsOn[{i}]";
            if (Absent(dependency) is { } absent)
            {
                yield return new SpecError(name, field, absent.Reason, absent.Remedy);
            }
            else if (Targets(dependency).Contains(group))
            {
                yield return new SpecError(name, field, "it depends on itself: nothing could ever be first",
                    dependency.Kind == "Service" ? "name another role" : "name another object, or take it out");
            }
            else if (Contrary(group, dependency) is { } target)
            {
                yield return new SpecError(name, field,
                    $"has priority {group.Template.Priority} and depends on {target.Name} of priority "
                        + $"{target.Template.Priority}: it would wait for what is started after it",
                    $"write priority {group.Template.Priority} there, or {target.Template.Priority} here");
            }
        }

        if (Circle(group) is { } circle)
        {
            yield return new SpecError(name, $"{group.Path}.dependsOn",
                $"closes a circle, {string.Join(" -> ", circle)}: nothing in it could ever be first",
                "take one of these dependencies out");
        }
    }

    /// <summary>What it takes from others that were not submitted with it.</summary>
    private IEnumerable<SpecError> OfDependants(SpecKey key)
    {
        foreach (var (other, dependency) in _dependants[key.ToString()])
        {
            if (Absent(dependency) is not null)
            {
                yield return new SpecError(key.ToString(), "spec.roles",
                    $"has no role {dependency.Role}, and {other.Name} depends on it",
                    $"keep the role, or take that out of {other.Owner} first");
            }
            else if (Contrary(other, dependency) is { } target)
            {
                yield return new SpecError(key.ToString(), $"{target.Path}.priority",
                    $"is {target.Template.Priority}, and {other.Name} of priority {other.Template.Priority} "
                        + "depends on it: that would wait for what is started after it",
                    $"write {other.Template.Priority}, or change {other.Owner} first");
            }
        }
    }

    private (string Reason, string Remedy)? Absent(Dependency dependency)
    {
        if (!_after.Specs.ContainsKey($"{dependency.Kind}/{dependency.Name}"))
        {
            return ($"{dependency.Kind}/{dependency.Name} does not exist",
                dependency.Kind != "Service" && _after.Find<ServiceSpec>("Service", dependency.Name) is not null
                    ? "write kind: Service, which does"
                    : $"apply it first, or name one that `havm get {dependency.Kind}` lists");
        }

        return Targets(dependency).Any() ? null : (
            $"{dependency.Kind}/{dependency.Name} has no role {dependency.Role}",
            $"write one of {string.Join(", ", Members(dependency).Select(group => group.Role))}");
    }

    private IEnumerable<Group> Members(Dependency dependency) => _byObject[$"{dependency.Kind}/{dependency.Name}"];

    private IEnumerable<Group> Targets(Dependency dependency) =>
        Members(dependency).Where(group => dependency.Role is null || group.Role == dependency.Role);

    private Group? Contrary(Group group, Dependency dependency) =>
        Targets(dependency).FirstOrDefault(target => target.Template.Priority > group.Template.Priority);

    /// <summary>
    /// A way from it back to itself over others; null: there is none, or another of this submission tells of it.
    /// </summary>
    private IReadOnlyList<string>? Circle(Group from)
    {
        var cameFrom = new Dictionary<Group, Group>();
        var open = new Queue<Group>([from]);
        while (open.TryDequeue(out var group))
        {
            foreach (var next in group.Template.DependsOn.SelectMany(Targets).Where(next => next != group))
            {
                if (next == from)
                {
                    var way = new List<Group> { group };
                    while (way[0] != from)
                    {
                        way.Insert(0, cameFrom[way[0]]);
                    }

                    return way.Any(other => _submitted.Contains(other.Owner.ToString())
                            && string.CompareOrdinal(other.Name, from.Name) < 0)
                        ? null
                        : [.. way.Select(each => each.Name), from.Name];
                }

                if (cameFrom.TryAdd(next, group))
                {
                    open.Enqueue(next);
                }
            }
        }

        return null;
    }

    /// <summary>Instances that are all alike: a VirtualMachine, or a role of a Service.</summary>
    private sealed class Group(SpecKey owner, string? role, string path, InstanceTemplate template)
    {
        public SpecKey Owner => owner;

        public string? Role => role;

        /// <summary>Its place in its object.</summary>
        public string Path => path;

        public InstanceTemplate Template => template;

        public string Name => role is null ? owner.ToString() : $"role {role} of {owner}";
    }
}
