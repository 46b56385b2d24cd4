using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>One thing that must hold always. It sees every event in order and nothing else.</summary>
public interface IChecker
{
    /// <summary>Its name in a failure: the rule that was broken.</summary>
    string Name { get; }

    /// <summary>Takes an event; says what is wrong since then, null when nothing is.</summary>
    string? See(TraceEvent happened);
}
