using System.CommandLine;
using System.Runtime.InteropServices;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Running;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>run: a whole cluster with guests, shown until Ctrl-C, or broken in every way by --demo.</summary>
internal static class RunVerb
{
    private static readonly Option<bool> Demo = new("--demo")
    {
        Description = "Break the cluster in every way, check that it heals as promised, and end: 0 if all did",
    };

    private static readonly Option<string?> Sabotage = new("--sabotage")
    {
        Description = "With --demo: break one step's promise, so that the demo must fail: "
            + string.Join(", ", DemoScript.Sabotages),
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "With --demo: these steps alone, in their order: " + string.Join(", ", DemoScript.StepNames),
        AllowMultipleArgumentsPerToken = true,
    };

    public static IEnumerable<Command> All()
    {
        Sabotage.AcceptOnlyFromAmong([.. DemoScript.Sabotages]);
        Only.AcceptOnlyFromAmong([.. DemoScript.StepNames]);
        var run = new Command("run", "Start a lab with the example's guests, show it until Ctrl-C, take it away")
        {
            LabCommandLine.Name, Demo, Sabotage, Only,
        };
        UpOptions.AddTo(run);
        run.SetAction(RunAsync);
        return [run];
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancel)
    {
        var demo = parse.GetValue(Demo);
        var only = parse.GetValue(Only) ?? [];
        if (!demo && (parse.GetValue(Sabotage) is not null || only.Length > 0))
        {
            throw new LabRefusal("run", "--sabotage, --only", "these belong to the demo", "Add --demo");
        }

        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            hangUp.Cancel();
        });
        var request = UpOptions.Read(parse);
        if (demo)
        {
            DemoScript.RefuseUnfit(request);
        }

        UpOptions.WarnOfLimits();
        await using var session = await LabSession.StartAsync(request, hangUp.Token);
        await session.ShowStartAsync(hangUp.Token);
        if (demo)
        {
            return await DemoScript.RunAsync(
                session.Plan, session.Client, parse.GetValue(Sabotage), only, hangUp.Token);
        }

        await LiveView.ShowAsync(session.Plan, session.Client, hangUp.Token);
        return 0;
    }
}
