using System.CommandLine;
using System.Net.Sockets;
using Havm.Cli.Controller;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>An instance's serial console: the tail of a log file, or both ways over a socket.</summary>
internal static class ConsoleVerb
{
    /// <summary>A boot's messages, but not a week's.</summary>
    private const long TailBytes = 64 * 1024;

    /// <summary>Between two looks at a log that does not grow.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static Command Console()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var stay = new Option<bool>("--no-follow") { Description = "Print what is there and end" };
        var command = new Command("console", "Attach to the serial console, until Ctrl-C");
        command.Arguments.Add(name);
        command.Options.Add(stay);
        command.SetAction(async (parse, cancel) =>
        {
            string path = await FindAsync(parse, parse.GetRequiredValue(name), cancel);
            try
            {
                await AttachAsync(path, !parse.GetValue(stay), cancel);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how a console is left.
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                throw CliFailure.Of(
                    ExitCodes.Failed, $"Instance/{parse.GetRequiredValue(name)}", path,
                    $"cannot be read: {e.Message.TrimEnd('.')}", "run havm as root on the machine that has this path");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<string> FindAsync(ParseResult parse, string name, CancellationToken cancel)
    {
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        InstanceView instance = await client.GetAsync(
            $"v1/instances/{Words.Escape(name)}", ApiJson.Default.InstanceView, cancel);
        return instance.ConsolePath ?? throw CliFailure.Of(
            ExitCodes.Failed, $"Instance/{name}", "console", $"has no console here: it is {instance.Phase}",
            instance.Node is null ? "wait until it has a node: havm vm explain" : $"look on node {instance.Node}");
    }

    private static Task AttachAsync(string path, bool follow, CancellationToken cancel) =>
        IsSocket(path) ? TalkAsync(path, follow, cancel) : TailAsync(path, follow, cancel);

    /// <summary>A socket can be seen and not be opened as a file.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            using var file = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (Exception e) when (e is not FileNotFoundException && e is IOException && File.Exists(path))
        {
            return true;
        }
    }

    private static async Task TailAsync(string path, bool follow, CancellationToken cancel)
    {
        await using Stream output = System.Console.OpenStandardOutput();
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(0, file.Length - TailBytes);
        while (true)
        {
            await file.CopyToAsync(output, cancel);
            await output.FlushAsync(cancel);
            if (!follow)
            {
                return;
            }

            // A new start may begin the log anew.
            file.Position = file.Length < file.Position ? 0 : file.Position;
            await Task.Delay(Look, cancel);
        }
    }

    private static async Task TalkAsync(string path, bool follow, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
        await using var wire = new NetworkStream(socket);
        await using Stream output = System.Console.OpenStandardOutput();
        if (follow)
        {
            await using Stream input = System.Console.OpenStandardInput();
            _ = input.CopyToAsync(wire, cancel);
            await wire.CopyToAsync(output, cancel);
            return;
        }

        var buffer = new byte[TailBytes];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(1));
        int read = await wire.ReadAsync(buffer, patience.Token);
        await output.WriteAsync(buffer.AsMemory(0, read), cancel);
    }
}
