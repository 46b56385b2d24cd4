using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Havm.Wire.Guest;

namespace Havm.Bench;

/// <summary>The guest agent as a process of this machine, without a guest around it.</summary>
internal static class BareAgent
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Starts it, has it start a role that is probed by a command, and ends both.</summary>
    /// <param name="program">The executable that the guest image holds.</param>
    /// <returns>Its processor time until it said that the role is ready, as the scheduler counts it.</returns>
    /// <exception cref="OperationCanceledException">It did not within 30 s.</exception>
    public static async Task<TimeSpan> UntilReadyAsync(string program, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("havm-bare-");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var port = Path.Join(folder.FullName, "port");
        listener.Bind(new UnixDomainSocketEndPoint(port));
        listener.Listen();
        using var agent = Process.Start(
            new ProcessStartInfo(program, ["--port", port, "--state", Path.Join(folder.FullName, "role")])
            {
                RedirectStandardError = true, RedirectStandardOutput = true,
            })!;
        try
        {
            await using var stream = new NetworkStream(await listener.AcceptAsync(limit.Token), ownsSocket: true);
            var reader = new GuestLineReader(stream);
            await stream.WriteAsync(GuestLine.Encode(Configuration), limit.Token);
            while (await reader.ReadAsync(limit.Token) is not GuestLine.Message { Value: ReadyMessage })
            {
                limit.Token.ThrowIfCancellationRequested();
            }

            var used = ProcessorTime(agent.Id);
            await stream.WriteAsync(GuestLine.Encode(new ShutdownMessage(TimeSpan.Zero)), limit.Token);
            await agent.WaitForExitAsync(limit.Token);
            return used;
        }
        finally
        {
            if (!agent.HasExited)
            {
                agent.Kill(entireProcessTree: true);
            }

            folder.Delete(recursive: true);
        }
    }

    private static ConfigureMessage Configuration => new(
        "bare-0", 1,
        new RoleSpec("bare", ["/bin/sleep", "1000"], null,
            new ProbeSpec(ProbeKind.Command, Command: ["/bin/true"], Period: TimeSpan.FromSeconds(0.2)), null),
        TimeSpan.FromSeconds(1));

    /// <summary>Of all its threads, in nanoseconds: what ticks count is too coarse for so little.</summary>
    private static TimeSpan ProcessorTime(int process) => TimeSpan.FromMicroseconds(
        Directory.EnumerateDirectories($"/proc/{process}/task").Sum(thread => long.Parse(
            File.ReadAllText(Path.Join(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)) / 1000.0);
}
