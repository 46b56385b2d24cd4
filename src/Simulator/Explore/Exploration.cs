using System.Collections.Immutable;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Explore;

/// <summary>Plays lives, each as the text of a scenario that anybody can play again.</summary>
public static class Exploration
{
    /// <summary>What `havm simulate FILE` plays with: lives differ by what happens in them, not by this.</summary>
    private const int PlaySeed = 1;

    /// <summary>What is promised only where everything was repaired.</summary>
    public static readonly ImmutableSortedSet<string> OfTheEnd = [ScenarioPlayer.Settles, "IncidentsExplained", "then"];

    /// <summary>
    /// The rule that is broken when playing a life ends in an error: an invariant of the product, or of the world.
    /// </summary>
    public const string Threw = "Threw";

    /// <exception cref="InvalidOperationException">The life is no scenario, or broke an invariant.</exception>
    public static ScenarioOutcome Play(Life life, PlayOptions options)
    {
        var (scenario, errors) = ScenarioReader.Read(LifeText.Of(life, "explored", "drawn"), "explored");
        return scenario is null
            ? throw new InvalidOperationException($"a life was drawn that is no scenario: {string.Join("; ", errors)}")
            : ScenarioPlayer.Play(scenario, options with { Seed = PlaySeed });
    }

    /// <summary>Plays it whatever becomes of it: what was thrown is a failure like any other.</summary>
    public static (ScenarioOutcome? Outcome, ImmutableArray<string> Failures) Try(Life life, PlayOptions options)
    {
        try
        {
            var outcome = Play(life, options);
            return (outcome, outcome.Failures);
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            return (null, [$"it ended: {Threw}: {thrown.GetType().Name}: {thrown.Message}"]);
        }
    }

    /// <summary>
    /// What a life that was made smaller breaks; nothing when it is no scenario any more, which is no failure.
    /// </summary>
    public static ImmutableSortedSet<string> Rules(Life life, PlayOptions options) =>
        ScenarioReader.Read(LifeText.Of(life, "explored", "drawn"), "explored").Scenario is null
            ? []
            : [.. Try(life, options).Failures.Select(RuleOf)];

    /// <summary>The rules that were broken, each once: what stands before the colon of a failure.</summary>
    public static ImmutableSortedSet<string> Rules(ScenarioOutcome outcome) =>
    [
        .. outcome.Failures.Select(RuleOf),
    ];

    /// <summary>
    /// "12.5 s: NoInstanceRunsTwice: ..." is about NoInstanceRunsTwice; "... step 4: ..." about its end.
    /// </summary>
    public static string RuleOf(string failure)
    {
        var parts = failure.Split(": ", 3);
        return parts.Length < 2 ? failure : parts[1].StartsWith("step ", StringComparison.Ordinal) ? "then" : parts[1];
    }
}
