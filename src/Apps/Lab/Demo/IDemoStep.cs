namespace Havm.Lab.Demo;

/// <summary>One way to hurt a cluster, what Havm promises about it, and the checks of that promise.</summary>
internal interface IDemoStep
{
    /// <summary>A short word for the command line and the summary.</summary>
    string Name { get; }

    /// <summary>The promise, in one sentence.</summary>
    string Promise { get; }

    /// <summary>A way to break this promise on purpose: the proof that the step's checks can fail.</summary>
    string Sabotage { get; }

    /// <param name="sabotaged">True to break the promise.</param>
    Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel);
}
