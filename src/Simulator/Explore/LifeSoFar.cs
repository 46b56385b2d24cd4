namespace Havm.Simulator.Explore;

/// <summary>
/// What a life has drawn until now, as far as later draws depend on it: nobody removes what is gone, and all that was
/// broken is repaired in the end.
/// </summary>
public sealed class LifeSoFar(
    Dice dice, IReadOnlyList<LifeNode> nodes, IReadOnlyList<LifeVm> vms, IReadOnlyList<LifeRule> rules)
{
    public Dice Dice => dice;

    public IReadOnlyList<LifeNode> Nodes => nodes;

    /// <summary>Nodes that were taken down or cut off and not repaired since.</summary>
    public SortedSet<string> Broken { get; } =
        new(nodes.Where(node => !node.Powered).Select(node => node.Name), StringComparer.Ordinal);

    /// <summary>Nodes whose BMCs have said Off of them.</summary>
    public HashSet<string> Deceived { get; } = [];

    /// <summary>Nodes that stood still for a while.</summary>
    public HashSet<string> Mute { get; } = [];

    /// <summary>
    /// What nodes say and write is lost or late, or those who read it are: of a node that is cut off besides nobody may
    /// see a sign of life.
    /// </summary>
    public bool Blurred { get; private set; }

    /// <summary>
    /// A BMC that says Off of a node of which nobody sees a sign of life cannot be told from one that speaks the truth:
    /// that lie and what hides signs of life are never drawn for one life (SAFETY 5, proof 2).
    /// </summary>
    public LifeAct? Blur(Func<LifeAct> act)
    {
        if (Deceived.Count > 0)
        {
            return null;
        }

        Blurred = true;
        return act();
    }

    /// <summary>Somebody ordered something: a backup that is put back might have forgotten it.</summary>
    public bool Ordered { get; private set; }

    /// <summary>A backup was put back: until it is adopted, in the end, orders are refused.</summary>
    public bool Restored { get; set; }

    /// <summary>VMs that are there.</summary>
    public SortedSet<string> Vms { get; } = new(vms.Select(vm => vm.Name), StringComparer.Ordinal);

    /// <summary>What repairs each fault that does not end by itself, each once.</summary>
    public List<LifeAct> Repairs { get; } = [];

    /// <summary>How many VMs were made so far, for names.</summary>
    public int Made { get; set; } = vms.Count;

    /// <summary>A rule names it, so that it cannot be removed.</summary>
    public bool IsRuled(string vm) => rules.Any(rule => rule.Vms.Contains(vm));

    public string AnyNode() => dice.Any(nodes).Name;

    /// <summary>
    /// A node to break; mostly one that leaves the controller's replicas their majority, because without a leader
    /// little happens.
    /// </summary>
    public string? Victim()
    {
        var node = AnyNode();
        return Broken.Contains(node) || (Broken.Count + 1) * 2 < nodes.Count || dice.Percent(15) ? node : null;
    }

    /// <summary>Draws one of a kind; null: not as things are.</summary>
    public LifeAct? Draw(LifeKind kind)
    {
        if (kind.IsOrder && Restored)
        {
            return null;
        }

        Ordered |= kind.IsOrder;
        return kind.Draw(this);
    }

    public string? AnyVm() => Vms.Count == 0 ? null : dice.Any([.. Vms]);

    public void Repair(LifeAct by)
    {
        if (!Repairs.Any(known => known.Verb == by.Verb && known.Value.SequenceEqual(by.Value)))
        {
            Repairs.Add(by);
        }
    }
}
