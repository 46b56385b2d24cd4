using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.States;

/// <summary>What becomes of an order to fence a node. One that is void is none any more: its boot has spoken.</summary>
public static class FenceStates
{
    private const string Word = "`havm node confirm-dead`, `havm disarm`";

    public static ImmutableArray<(string State, StateRow Row)> Orders { get; } =
    [
        ("due", new(
            "the same round; else none: a guard holds it, and `havm status` says which and what would release it",
            "FencingDecider", "it is on record, and sent", Word)),
        ("ordered", new(
            "the method's `timeout`, as often as its `retries` say", "FencingDecider",
            "it is sent again, then by the next method of the ladder; after the last comes the first", Word)),
        ("taken", new(
            "two readings Off, asked for all the time, within the method's `timeout`", "FencingDecider",
            "the boot is proven dead, or the next method is tried", Word)),
    ];
}
