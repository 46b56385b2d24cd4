using Havm.Lab.Client;
using Havm.Lab.Demo.Steps;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Demo;

/// <summary>Every step in its order, the independent watch over all of them, and the verdict.</summary>
internal static class DemoScript
{
    private const int WholeSeconds = 120;

    private static readonly IReadOnlyList<IDemoStep> Steps =
    [
        new PowerCutStep(), new KillMachineStep(), new PanicStep(), new HangStep(),
        new AgentRestartStep(), new ControllerRestartStep(), new RackCutStep(),
    ];

    public static IEnumerable<string> StepNames => Steps.Select(step => step.Name);

    public static IEnumerable<string> Sabotages => Steps.Select(step => step.Sabotage);

    public static IDemoStep StepOf(string name) => Steps.Single(step => step.Name == name);

    /// <exception cref="LabRefusal">The lab would lack what the steps hurt.</exception>
    public static void RefuseUnfit(LabRequest request)
    {
        if (request.NoNamespaces || !Machine.IsRoot)
        {
            throw new LabRefusal(
                "run", "--demo", "power, cables and BMCs can only be cut with namespaces",
                "Run it as root without --no-netns");
        }

        if (request.Racks < 3)
        {
            throw new LabRefusal(
                "run", "--racks", $"with {request.Racks} rack(s) the loss of one looks like the controller's own",
                "Give the demo 3 racks or more");
        }
    }

    /// <summary>Runs the steps.</summary>
    /// <returns>0 if every promise was kept, else 1.</returns>
    public static async Task<int> RunAsync(
        LabPlan plan, LabClient client, string? sabotage, IReadOnlyList<string> only, CancellationToken cancel)
    {
        await using var observer = new NeverTwoObserver(plan, meeting => Console.WriteLine(
            $"          observer: {meeting.First.Instance} lives twice, "
            + $"pids {meeting.First.Pid} and {meeting.Second.Pid}"
            + (meeting.BothReleased ? ", both running" : ", one still held")));
        var stage = new DemoStage(plan, client, observer);
        var verdicts = new List<(IDemoStep Step, bool Passed, string Text)>();
        foreach (var step in Steps.Where(
            step => only.Count == 0 || only.Contains(step.Name) || step.Sabotage == sabotage))
        {
            verdicts.Add(await RunAsync(stage, step, step.Sabotage == sabotage, cancel));
            if (!verdicts[^1].Passed)
            {
                // The next steps would begin in a cluster that is not whole and prove nothing.
                break;
            }
        }

        return Conclude(verdicts, observer);
    }

    private static async Task<(IDemoStep, bool, string)> RunAsync(
        DemoStage stage, IDemoStep step, bool sabotaged, CancellationToken cancel)
    {
        stage.Begin();
        stage.Say($"====  {step.Name}: {step.Promise}");
        if (sabotaged)
        {
            stage.Say($"      sabotage {step.Sabotage}: this step must fail");
        }

        try
        {
            await stage.WholeAsync(WholeSeconds, cancel);
            await step.RunAsync(stage, sabotaged, cancel);
            await stage.CheckAlwaysAsync(cancel);
        }
        catch (Exception broken) when (
            broken is LabFailure or LabRefusal or ApiRefusal or HttpRequestException or IOException)
        {
            stage.Check(false, broken.Message);
        }

        var failed = stage.Checks.Count(check => !check.Passed);
        var text = failed == 0 ? $"{stage.Checks.Count} checks" : $"{failed} of {stage.Checks.Count} checks failed";
        return (step, failed == 0, text);
    }

    private static int Conclude(List<(IDemoStep Step, bool Passed, string Text)> verdicts, NeverTwoObserver observer)
    {
        Console.WriteLine();
        foreach (var step in verdicts)
        {
            Console.WriteLine($"{(step.Passed ? "PASS" : "FAIL")}  {step.Step.Name,-20} {step.Text}");
        }

        var all = verdicts.Count > 0 && verdicts.All(step => step.Passed) && observer.Violations.Count == 0;
        Console.WriteLine(all
            ? $"All {verdicts.Count} steps went as promised."
            : "Not everything went as promised.");
        return all ? 0 : 1;
    }
}
