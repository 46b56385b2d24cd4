using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Havm.Model;

namespace Havm.Specs;

/// <summary>A rule of automation that may only observe. Safety is no such rule, and says so.</summary>
internal sealed class RuleType : IFieldType<AutomationRule>
{
    public static readonly RuleType Instance = new();

    public static readonly int Count = Enum.GetValues<AutomationRule>().Length;

    /// <summary>What people might take for a rule, and is what all rules rest on.</summary>
    private static readonly ImmutableArray<string> Safety =
    [
        "disarm", "disruption", "floors", "gate", "guards", "isolation", "leases", "lease", "locks", "partition",
        "proofs", "proof", "verdicts", "warden", "watchdog", "busyGuard", "disarmGuard", "disruptionGuard",
        "fenceRateGuard", "guestGuard", "observeGuard", "partitionGuard", "quarantineGuard", "storageGuard",
    ];

    private readonly WordType<AutomationRule> words = new();

    public string Words => words.Words;

    public bool Read(DataNode node, FieldPath at, out AutomationRule value) =>
        node is ScalarNode scalar && Safety.Contains(scalar.Text)
            ? at.No(
                node,
                $"is \"{scalar.Text}\", which is safety: without it two copies could run, so it never only observes",
                "name only: " + Words["one of ".Length..].Replace("`", "", StringComparison.Ordinal), out value)
            : words.Read(node, at, out value);

    public JsonNode Write(AutomationRule value) => words.Write(value);

    public JsonObject Schema() => words.Schema();
}
