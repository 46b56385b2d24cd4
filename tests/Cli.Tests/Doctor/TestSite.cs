using System.Collections.Immutable;
using System.Net;
using Havm.Cli.Doctor;
using Havm.Core.Leases;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Cli.Tests.Doctor;

/// <summary>A directory of its own for a test, and sites that are told it.</summary>
internal sealed class TestSite : IDisposable
{
    public string Home { get; } = Directory.CreateTempSubdirectory("havm-doctor-").FullName;

    public NodeConfig Config => new()
    {
        Cluster = "c1", Node = "n1", Rack = "r1", Controllers = ["127.0.0.1:7070"],
        StateDir = Path.Join(Home, "state"), RunDir = Path.Join(Home, "run"), Cgroup = "/sys/fs/cgroup/havm-test",
    };

    public ControllerConfig Controller => new()
    {
        Cluster = "c1", Listen = "http://127.0.0.1:7070", StateDir = Path.Join(Home, "state"),
        RunDir = Path.Join(Home, "run"),
    };

    public Site Node(NodeConfig config, params IPEndPoint[] controllers) => new()
    {
        Node = new CheckedConfig(config, new BootId("b1"), controllers, Terms),
        PowerFence = new AnsweringFence(PowerAnswer.Of(PowerState.On)),
        Program = Executable.Havm,
    };

    public Site Of(ControllerConfig config) => new()
    {
        Controller = config, PowerFence = new AnsweringFence(PowerAnswer.Of(PowerState.On)),
    };

    public string Plant(string path, string content)
    {
        string file = Path.Join(Home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    public string Folder(string name) => Directory.CreateDirectory(Path.Join(Home, name)).FullName;

    public void Dispose() => Directory.Delete(Home, recursive: true);

    public static NodeSpec NodeSpec(string? uuid = null) => new()
    {
        Rack = new RackName("r1"), Cpus = 8, Memory = Bytes.MiB(16384),
        Bmc = uuid is null ? null : new FenceMethod
        {
            Url = "https://192.0.2.1", SystemId = "1", Uuid = uuid, CredentialsFile = "/etc/havm/bmc",
        },
    };

    private static LeaseTerms Terms => LeaseTerms.TryMake(new LeaseSettings(), out LeaseTerms? terms, out _)
        ? terms : throw new InvalidOperationException("the default lease is legal");
}

/// <summary>A BMC that answers every question alike and takes no order.</summary>
internal sealed class AnsweringFence(PowerAnswer answer) : IPowerFence
{
    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        Task.FromResult(answer);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        throw new InvalidOperationException("the doctor orders nothing");

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        throw new InvalidOperationException("the doctor orders nothing");
}
