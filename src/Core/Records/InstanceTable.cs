using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// All instances by name, immutable, with the two questions that every round asks answered without a scan: who sits on
/// a node, and who needs attention. Both orders are by name.
/// </summary>
public sealed class InstanceTable
{
    public static readonly InstanceTable Empty = new(
        SortedTable<InstanceName, Instance>.Empty,
        ImmutableDictionary<NodeName, ImmutableSortedSet<InstanceName>>.Empty,
        [], [], []);

    private readonly SortedTable<InstanceName, Instance> _all;
    private readonly ImmutableDictionary<NodeName, ImmutableSortedSet<InstanceName>> _onNode;
    private readonly ImmutableSortedSet<InstanceName> _restless;
    private readonly ImmutableSortedSet<InstanceName> _outOfRotation;
    private readonly ImmutableSortedSet<InstanceName> _lockedOut;

    private InstanceTable(
        SortedTable<InstanceName, Instance> all,
        ImmutableDictionary<NodeName, ImmutableSortedSet<InstanceName>> onNode,
        ImmutableSortedSet<InstanceName> restless,
        ImmutableSortedSet<InstanceName> outOfRotation,
        ImmutableSortedSet<InstanceName> lockedOut)
    {
        _all = all;
        _onNode = onNode;
        _restless = restless;
        _outOfRotation = outOfRotation;
        _lockedOut = lockedOut;
    }

    public int Count => _all.Count;

    public IEnumerable<Instance> Values => _all.Values;

    public Instance this[InstanceName name] => _all[name];

    /// <summary>
    /// Those that some decider may have to do something for: waiting for a seat or a proof, stopping, leaving, moving,
    /// to come home, with failures, a wait, a notice or a mark to be forgotten, or out of rotation. One that runs well,
    /// or is stopped as wanted, is not among them.
    /// </summary>
    public IEnumerable<Instance> Restless => _restless.Select(name => _all[name]);

    /// <summary>Those that leave rotation, and those whose endpoint was found not to answer.</summary>
    public IEnumerable<Instance> OutOfRotation => _outOfRotation.Select(name => _all[name]);

    /// <summary>Those that wait for a start because a lock on their disks refused the last one.</summary>
    public IEnumerable<Instance> LockedOut => _lockedOut.Select(name => _all[name]);

    public static InstanceTable Of(IEnumerable<Instance> instances) =>
        instances.Aggregate(Empty, (table, instance) => table.SetItem(instance.Name, instance));

    public bool ContainsKey(InstanceName name) => _all.ContainsKey(name);

    public bool TryGetValue(
        InstanceName name, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Instance instance) =>
        _all.TryGetValue(name, out instance);

    public Instance? GetValueOrDefault(InstanceName name) => _all.GetValueOrDefault(name);

    /// <summary>Those that sit on a node now, or sat there and are not yet proven dead.</summary>
    public IEnumerable<Instance> Touching(NodeName node) =>
        _onNode.TryGetValue(node, out var names) ? names.Select(name => _all[name]) : [];

    /// <summary>
    /// Names whose record is another object than in an older table, or in only one of the two; in name order.
    /// </summary>
    public IEnumerable<InstanceName> ChangedSince(InstanceTable older) => _all.ChangedSince(older._all);

    public InstanceTable SetItem(InstanceName name, Instance instance) => new(
        _all.SetItem(name, instance),
        Moved(_all.GetValueOrDefault(name), instance),
        IsRestless(instance) ? _restless.Add(name) : _restless.Remove(name),
        IsOutOfRotation(instance) ? _outOfRotation.Add(name) : _outOfRotation.Remove(name),
        IsLockedOut(instance) ? _lockedOut.Add(name) : _lockedOut.Remove(name));

    public InstanceTable Remove(InstanceName name) =>
        new(_all.Remove(name), Moved(_all.GetValueOrDefault(name), null), _restless.Remove(name),
            _outOfRotation.Remove(name), _lockedOut.Remove(name));

    private ImmutableDictionary<NodeName, ImmutableSortedSet<InstanceName>> Moved(Instance? before, Instance? after)
    {
        if (before?.Seat?.Node == after?.Seat?.Node && (before?.Unproven ?? []) == (after?.Unproven ?? []))
        {
            return _onNode;
        }

        var next = _onNode;
        foreach (var node in NodesOf(before))
        {
            var left = next[node].Remove(before!.Name);
            next = left.IsEmpty ? next.Remove(node) : next.SetItem(node, left);
        }

        foreach (var node in NodesOf(after))
        {
            next = next.SetItem(node, (next.GetValueOrDefault(node) ?? []).Add(after!.Name));
        }

        return next;
    }

    private static IEnumerable<NodeName> NodesOf(Instance? instance) => instance is null
        ? []
        : instance.Unproven.Select(s => s.Node).Concat(instance.Seat is { } seat ? [seat.Node] : []).Distinct();

    private static bool IsOutOfRotation(Instance instance) =>
        instance.RotationExit is not null || instance.Endpoint is not null;

    private static bool IsLockedOut(Instance instance) =>
        instance is { Seat: null, Wanted: WantedState.Running, Leaving: false, Failures.Refusal: not null };

    private static bool IsRestless(Instance instance) => !instance.Unproven.IsEmpty || instance.Leaving
        || instance.Move is not null || instance.ReturnsTo is not null
        || IsOutOfRotation(instance) || instance.Busy is not null || instance.Notice is not null
        || instance.Wanted switch
        {
            WantedState.Running => instance.Seat is null || instance.Failures.Count > 0
                || instance.StartWait is not null,
            WantedState.Stopped => instance.Seat is not null,
            WantedState.Unmanaged => false,
        };
}
