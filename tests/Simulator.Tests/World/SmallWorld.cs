using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Tests.World;

/// <summary>Three nodes with a VM each, up and quiet, for tests of the world itself.</summary>
internal sealed class SmallWorld : IWitness
{
    public SmallWorld(WorldSettings? settings = null)
    {
        string[] nodes = ["n1", "n2", "n3"];
        ImmutableArray<SpecObject> objects =
        [
            Of("store", new DatastoreSpec()),
            Of("guest", new ImageSpec { Datastore = "store", Kernel = "kernel", Initrd = "initrd" }),
            .. nodes.Select(node => Of($"r-{node}", new RackSpec())),
            .. nodes.Select(node => Of(node, new NodeSpec
            {
                Rack = new RackName($"r-{node}"), Cpus = 8, Memory = Bytes.GiB(8), Watchdog = WatchdogKind.Independent,
                Bmc = new FenceMethod
                {
                    Url = $"https://{node}.bmc", SystemId = "1", Uuid = $"uuid-{node}", CredentialsFile = "bmc",
                },
            })),
            .. nodes.Select(node => Of($"vm-{node}", new VirtualMachineSpec
            {
                Template = new InstanceTemplate { Vcpus = 1, Memory = Bytes.GiB(1), Image = "guest" },
            })),
        ];
        var (ledger, errors) = Founding.Of(
            objects, nodes.ToDictionary(n => new InstanceName($"vm-{n}"), n => new NodeName(n)));
        Assert.Empty(errors);
        World = new VirtualWorld(ledger!, this, 1, settings ?? new WorldSettings())
        {
            Step = (cluster, inputs, now, wall) =>
            {
                Heard.AddRange(inputs);
                var decision = Controller.Step(cluster, inputs, now, wall);
                Changes.AddRange(decision.Changes);
                return decision;
            },
        };
        foreach (var host in World.Hosts)
        {
            host.PowerOn("power-on", "order");
        }

        World.Time.RunUntil(Instant.FromSeconds(120));
        Assert.Equal(3, Running.Count);
    }

    public VirtualWorld World { get; }

    /// <summary>What the leader's rounds changed, in order.</summary>
    public List<Change> Changes { get; } = [];

    /// <summary>What came to the leader's rounds, in order.</summary>
    public List<Input> Heard { get; } = [];

    public SortedDictionary<string, string> Running { get; } = [];

    public List<string> Leaders { get; } = [];

    /// <summary>The times of power events, in words.</summary>
    public List<string> Powers { get; } = [];

    public NodeName Leader => World.Leader!.Home;

    public void Run(double seconds) =>
        World.Time.RunUntil(World.Time.Now + TimeSpan.FromSeconds(seconds));

    public void Power(NodeName node, bool on, string why, string cause) => Powers.Add($"{node} {why}");

    public void Link(NodeName node, bool up)
    {
    }

    public void Machine(InstanceName instance, NodeName node, bool running, string why)
    {
        if (running)
        {
            Running.Add(instance.Value, node.Value);
        }
        else
        {
            Running.Remove(instance.Value);
        }
    }

    void IWitness.StartFailed(InstanceName instance, NodeName node)
    {
    }

    void IWitness.Leader(NodeName node) => Leaders.Add(node.Value);

    public void Decided(Cluster before, Decision decision)
    {
    }

    public void Refused(string why) => Assert.Fail(why);

    private static SpecObject Of(string name, Spec spec) => new(new Metadata { Name = name }, spec);
}
