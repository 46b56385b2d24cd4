using System.Net;
using System.Net.Sockets;

namespace Havm.Cli.Doctor;

/// <summary>Whether the node reaches its controllers, and has the bridge that guests join.</summary>
internal sealed class NetworkCheck : ICheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public string Name => "network";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Node is not { } node)
        {
            return [];
        }

        List<Finding> all = [];
        foreach (IPEndPoint controller in node.Controllers)
        {
            all.Add(Controller(controller, await ConnectAsync(controller, cancel)));
        }

        all.Add(node.Config.Bridge is { } bridge
            ? Bridge(bridge, Directory.Exists($"{site.Root}/sys/class/net/{bridge}/bridge"),
                site.Read($"/sys/class/net/{bridge}/operstate"))
            : Finding.Warn("bridge", "none is configured: instances have no network here", "",
                "make a bridge over the guests' network, and name it in the field bridge"));
        return all;
    }

    public static Finding Controller(IPEndPoint at, string? trouble) => trouble is null
        ? Finding.Ok($"controller {at}", "answers")
        : Finding.Warn($"controller {at}", "does not answer", trouble,
            $"start the controller, and let TCP {at.Port} and UDP {at.Port + 1} through to it");

    public static Finding Bridge(string name, bool isBridge, string? state) => (isBridge, state) switch
    {
        (false, _) => Finding.Fail("bridge", $"{name} is no bridge here", $"/sys/class/net/{name}/bridge is missing",
            $"ip link add {name} type bridge, and keep it across boots in the network's configuration"),
        (true, "down") => Finding.Warn("bridge", $"{name} is down", state, $"ip link set {name} up"),
        (true, _) => Finding.Ok("bridge", $"{name} is there", state ?? ""),
    };

    /// <summary>What stood in the way; null when it answered.</summary>
    private static async Task<string?> ConnectAsync(IPEndPoint at, CancellationToken cancel)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(at, limit.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }
}
