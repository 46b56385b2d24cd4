using System.CommandLine;
using System.Runtime.InteropServices;
using Havm.Lab.Running;

namespace Havm.Lab.Commands;

/// <summary>run: a whole cluster with guests, shown until Ctrl-C.</summary>
internal static class RunVerb
{
    public static IEnumerable<Command> All()
    {
        var run = new Command("run", "Start a lab with the example's guests, show it until Ctrl-C, take it away")
        {
            LabCommandLine.Name,
        };
        UpOptions.AddTo(run);
        run.SetAction(RunAsync);
        return [run];
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancel)
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            hangUp.Cancel();
        });
        var request = UpOptions.Read(parse);
        UpOptions.WarnOfLimits();
        await using var session = await LabSession.StartAsync(request, hangUp.Token);
        await session.ShowStartAsync(hangUp.Token);
        await LiveView.ShowAsync(session.Plan, session.Client, hangUp.Token);
        return 0;
    }
}
