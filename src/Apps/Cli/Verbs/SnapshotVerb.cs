using System.CommandLine;
using Havm.Cli.Controller;

namespace Havm.Cli.Verbs;

/// <summary>Saves the cluster's state, to be looked at or played elsewhere.</summary>
internal static class SnapshotVerb
{
    public static Command Snapshot()
    {
        var file = new Option<string?>("--file", "-f")
        {
            Description = "Write it there; without it, to standard output", HelpName = "OUT",
        };
        var command = new Command("snapshot",
            "Save the cluster's state as havm-snapshot/1: specs, nodes, instances with their seats, incidents; "
            + "no secrets. `havm simulate --from` plays what would happen to it");
        command.Options.Add(file);
        command.SetAction((parse, cancel) => RunAsync(
            parse.GetRequiredValue(CommonOptions.Socket), parse.GetValue(file), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string socket, string? file, CancellationToken cancel)
    {
        using var client = new ControllerClient(socket);
        byte[] snapshot = await client.GetAsync("v1/snapshot", cancel);
        if (file is null)
        {
            using Stream output = Console.OpenStandardOutput();
            await output.WriteAsync(snapshot, cancel);
            output.WriteByte((byte)'\n');
            return ExitCodes.Ok;
        }

        OutputFile.Write(file, "--file", into => into.Write(snapshot));
        Console.Out.WriteLine($"saved {file}: {snapshot.Length / 1024.0:0} KiB");
        return ExitCodes.Ok;
    }
}
