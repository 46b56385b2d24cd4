using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// One thing that must hold always. It sees every event in order, and what the substrate and the store really hold;
/// never what a controller wishes.
/// </summary>
public interface IChecker
{
    /// <summary>Its name in a failure: the rule that was broken.</summary>
    string Name { get; }

    /// <summary>Takes an event; says what is wrong since then, null when nothing is.</summary>
    string? See(TraceEvent happened);

    /// <summary>
    /// Looks at the truth after a commit, and at each snapshot; says what is wrong, null when nothing is.
    /// </summary>
    string? Look(Truth truth) => null;
}
