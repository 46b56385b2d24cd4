using System.Net;
using Havm.Model;
using Havm.Runtime.Files;
using Havm.Runtime.Recording;

namespace Havm.Runtime.Control;

/// <summary>What `havm-controller` reads from its configuration file (/etc/havm/controller.json by default).</summary>
public sealed record ControllerConfig
{
    public required string Cluster { get; init; }

    /// <summary>Where agents and wardens connect: "http://10.77.0.2:7070"; datagrams go to the next port.</summary>
    public required string Listen { get; init; }

    /// <summary>Holds havm.db; one controller at a time.</summary>
    public required string StateDir { get; init; }

    /// <summary>Holds havm.sock, for root alone.</summary>
    public required string RunDir { get; init; }

    /// <summary>
    /// A loopback address for people and tools that cannot use the socket, "127.0.0.1:7072"; null: none.
    /// </summary>
    public string? ApiListen { get; init; }

    /// <summary>"lab": "true" permits BMCs on loopback and link-local addresses.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Where an instance's console is found on this machine; {node} and {instance} are replaced. Labs only.
    /// </summary>
    public string? ConsolePath { get; init; }

    /// <summary>
    /// What it was told and decided is kept in stateDir/recording for `havm replay`: MiB of all files together, 8 to
    /// 1048576; 0: nothing is recorded.
    /// </summary>
    public int RecordingMiB { get; init; } = RecordingSettings.Default;

    /// <summary>
    /// Program and leading arguments that run HAProxy; a lab enters a network namespace with it. It is only run where a
    /// LoadBalancer is applied.
    /// </summary>
    public IReadOnlyList<string> BalancerCommand { get; init; } = ["haproxy"];

    /// <summary>The directory of fence agents on this machine.</summary>
    public string FenceAgents { get; init; } = "/usr/sbin";

    /// <summary>Reads and checks a file; every error names file, field, reason and remedy.</summary>
    public static (ControllerConfig? Config, IReadOnlyList<SpecError> Errors) Read(string path)
    {
        var (config, errors) = ConfigReader.Read<ControllerConfig>(path);
        return config is null ? (null, errors) : (config, [.. config.Check(path)]);
    }

    public IPEndPoint NodesAt() => new(IPAddress.Parse(new Uri(Listen).Host), new Uri(Listen).Port);

    /// <summary>Null: nothing is recorded.</summary>
    public RecordingSettings? Recording() => RecordingMiB == 0 ? null : new RecordingSettings(
        Path.Join(StateDir, RecordingSettings.FolderName), RecordingMiB,
        $"havm {typeof(ControllerConfig).Assembly.GetName().Version!.ToString(fieldCount: 3)}");

    private IEnumerable<SpecError> Check(string path)
    {
        if (RecordingMiB is not 0 and (< RecordingSettings.Least or > RecordingSettings.Most))
        {
            yield return Error(path, "recordingMiB", $"{RecordingMiB} is out of bounds",
                $"write {RecordingSettings.Least} to {RecordingSettings.Most}, or 0 to record nothing");
        }

        if (BalancerCommand.Count == 0 || BalancerCommand.Any(word => word.Length == 0))
        {
            yield return Error(path, "balancerCommand", "has no program, or an empty word",
                "write [\"haproxy\"], or leave it out");
        }

        if (!Path.IsPathFullyQualified(FenceAgents))
        {
            yield return Error(path, "fenceAgents", $"'{FenceAgents}' is no absolute path",
                "write the directory that holds the agents, or leave it out for /usr/sbin");
        }

        if (!NameRules.IsLegal(Cluster))
        {
            yield return Error(
                path, "cluster", $"'{Cluster}' is no legal name", "lower case letters, digits and '-', 63 at most");
        }

        if (!Uri.TryCreate(Listen, UriKind.Absolute, out var listen) || listen.Scheme != "http"
            || !IPAddress.TryParse(listen.Host, out var at))
        {
            yield return Error(path, "listen", $"'{Listen}' is no http://ADDRESS:PORT",
                "write the address nodes reach, as http://10.77.0.2:7070");
        }
        else if (!IsPrivate(at))
        {
            yield return Error(path, "listen", $"{at} is neither loopback nor an address of a lab's own namespaces",
                "node links are not encrypted yet: "
                    + "bind a loopback, 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 address");
        }

        if (ApiListen is { } api && (!IPEndPoint.TryParse(api, out var end) || !IPAddress.IsLoopback(end.Address)))
        {
            yield return Error(path, "apiListen", $"'{api}' is no loopback address with a port",
                "people are not authenticated yet: write 127.0.0.1:PORT, or leave it out");
        }
    }

    private static bool IsPrivate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || (bytes.Length == 4
            && (bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32)
                || (bytes[0] == 192 && bytes[1] == 168)));
    }

    private static SpecError Error(string path, string field, string reason, string remedy) =>
        new(path, field, reason, remedy);
}
