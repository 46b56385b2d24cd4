using System.Net;
using System.Net.Sockets;
using Havm.Runtime.Processes;

namespace Havm.Cli.Doctor;

/// <summary>Whether what the controller listens on is free, or the controller's own already.</summary>
internal sealed class PortCheck : ICheck
{
    private const string Controller = "havm-controller";
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(10);

    public string Name => "port";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Controller is not { } controller)
        {
            return [];
        }

        IPEndPoint nodes = controller.NodesAt();
        List<Finding> all =
        [
            await TryAsync(nodes, ProtocolType.Tcp, "nodes", "listen", cancel),
            await TryAsync(new IPEndPoint(nodes.Address, nodes.Port + 1), ProtocolType.Udp, "heartbeats", "listen",
                cancel),
        ];
        if (controller.ApiListen is { } api && IPEndPoint.TryParse(api, out IPEndPoint? people))
        {
            all.Add(await TryAsync(people, ProtocolType.Tcp, "people", "apiListen", cancel));
        }

        return all;
    }

    private static async Task<Finding> TryAsync(
        IPEndPoint at, ProtocolType protocol, string about, string field, CancellationToken cancel)
    {
        try
        {
            using var socket = new Socket(
                at.AddressFamily, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol);
            socket.Bind(at);
            return Judge(about, at, field, SocketError.Success, "");
        }
        catch (SocketException e)
        {
            string flags = protocol == ProtocolType.Tcp ? "-Hlntp" : "-Hlnup";
            ShortCommandResult holder = await ShortCommand.RunAsync(
                "ss", [flags, $"sport = :{at.Port}"], "", ToolLimit, cancel);
            return Judge(about, at, field, e.SocketErrorCode, holder.Output);
        }
    }

    /// <param name="holders">What ss(8) says of who listens there.</param>
    public static Finding Judge(string about, IPEndPoint at, string field, SocketError error, string holders) =>
        error switch
        {
            SocketError.Success => Finding.Ok(about, $"{at} is free"),
            SocketError.AddressAlreadyInUse when holders.Contains($"\"{Controller}\"", StringComparison.Ordinal) =>
                Finding.Ok(about, $"{at} is held by the controller that runs"),
            SocketError.AddressAlreadyInUse => Finding.Fail(
                about, $"{at} is taken by something else", Names(holders), $"stop it, or choose another {field}"),
            SocketError.AddressNotAvailable => Finding.Fail(
                about, $"{at.Address} is no address of this machine", "",
                $"set {field} to one that `ip address` shows"),
            _ => Finding.Fail(about, $"{at} cannot be bound", $"{error}", $"choose another {field}"),
        };

    private static string Names(string holders) => holders.IndexOf("users:", StringComparison.Ordinal) is > 0 and var at
        ? holders[at..].Trim()
        : "ss names nobody";
}
