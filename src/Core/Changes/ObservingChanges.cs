using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>The policy has set a rule to observe, or to act again: noted with the time.</summary>
public abstract record ObservingChange(AutomationRule Rule) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Observing, "now")];

    public override string Subject => $"Rule/{Word.Of(Rule)}";
}

/// <summary>It decides as always, and what it wants is said and not done.</summary>
public sealed record RuleObserves(AutomationRule Rule, DateTimeOffset At) : ObservingChange(Rule)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Observing = new Observing(ledger.Observing.Since.SetItem(Rule, At)),
    };
}

/// <summary>What is still due is done in this very round.</summary>
public sealed record RuleActs(AutomationRule Rule) : ObservingChange(Rule)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Observing = new Observing(ledger.Observing.Since.Remove(Rule)),
    };
}

/// <summary>What a rule that only observes would have done: an event, and nothing else.</summary>
/// <param name="Of">What it would have been done to.</param>
public sealed record WouldHaveActed(string Of) : Change
{
    public override Ledger Apply(Ledger ledger) => ledger;

    public override IEnumerable<RecordKey> Touches(Ledger before) => [];

    public override string Subject => Of;
}
