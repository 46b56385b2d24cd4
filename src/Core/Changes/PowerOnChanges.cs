using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// A change of what is to become of a dead boot's power; nothing when the note is about another boot.
/// </summary>
public abstract record PowerOnChange(NodeName Name, BootId Boot) : NodeChange(Name)
{
    public sealed override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return node.PowerOn is { } note && note.Boot == Boot
            ? With(ledger, node with { PowerOn = Next(note) })
            : ledger;
    }

    protected abstract PowerOnNote Next(PowerOnNote note);
}

/// <summary>
/// The answer to an order of ours came after the proof: it was that order that ended the boot.
/// </summary>
public sealed record PowerOnDue(NodeName Name, BootId Boot, long Order, int Rung) : PowerOnChange(Name, Boot)
{
    protected override PowerOnNote Next(PowerOnNote note) => note with { Order = Order, By = [Rung] };
}

/// <summary>One more power-on order; counted here, before it leaves.</summary>
public sealed record PowerOnOrdered(NodeName Name, BootId Boot, Reason Why, DateTimeOffset At)
    : PowerOnChange(Name, Boot)
{
    protected override PowerOnNote Next(PowerOnNote note) =>
        note with { Tries = note.Tries + 1, TriedAt = At, CameOn = false, Why = Why };
}

/// <summary>Its BMC says On: the last order was carried out, and a new boot is to be heard.</summary>
public sealed record PowerCameOn(NodeName Name, BootId Boot, Reason Why) : PowerOnChange(Name, Boot)
{
    protected override PowerOnNote Next(PowerOnNote note) => note with { CameOn = true, Why = Why };
}

/// <summary>It is not powered on while something stands that only a person can take away.</summary>
public sealed record PowerOnHeld(NodeName Name, BootId Boot, Reason Why) : PowerOnChange(Name, Boot)
{
    protected override PowerOnNote Next(PowerOnNote note) => note with { Why = Why };
}

/// <summary>Nothing more is ordered: the node stays dark until a person has looked at it.</summary>
public sealed record PowerOnGivenUp(NodeName Name, BootId Boot, Reason Why) : PowerOnChange(Name, Boot)
{
    protected override PowerOnNote Next(PowerOnNote note) => note with { GivenUp = true, Why = Why };
}
