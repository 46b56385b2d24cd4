using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.State;
using Havm.Simulator.World;

namespace Havm.Simulator.Tests.WhatIf;

/// <summary>
/// The saved state of a cluster that never was: racks r1.. of nodes n1.., each with VMs, one availability set a node's
/// number.
/// </summary>
internal static class SavedCluster
{
    public static readonly DateTimeOffset At = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    /// <summary>Of so many VMs on each node; a node has room for so many.</summary>
    public static Ledger Of(int racks, int nodesPerRack, int vmsPerNode, int room = 8) =>
        Of(racks, nodesPerRack, vmsPerNode, room, node => node);

    /// <param name="dress">Has the last word about each node's spec.</param>
    /// <param name="isolation">Of every VM; null: the policy's default.</param>
    public static Ledger Of(
        int racks, int nodesPerRack, int vmsPerNode, int room, Func<NodeSpec, NodeSpec> dress,
        IsolationPolicy? isolation = null)
    {
        var objects = new List<SpecObject>
        {
            new(new Metadata { Name = "store" }, new DatastoreSpec()),
            new(new Metadata { Name = "guest" }, new ImageSpec { Datastore = "store", Kernel = "k", Initrd = "i" }),
        };
        var seats = new Dictionary<InstanceName, NodeName>();
        for (var rack = 1; rack <= racks; rack++)
        {
            objects.Add(new(new Metadata { Name = $"r{rack}" }, new RackSpec()));
        }

        for (var set = 1; set <= vmsPerNode; set++)
        {
            objects.Add(new(
                new Metadata { Name = $"set-{set}" }, new AvailabilitySetSpec { FaultDomains = Math.Min(2, racks) }));
        }

        for (var i = 0; i < racks * nodesPerRack; i++)
        {
            var node = $"n{i + 1}";
            objects.Add(new(new Metadata { Name = node }, dress(NodeOf(node, $"r{(i / nodesPerRack) + 1}", room))));
            for (var vm = 1; vm <= vmsPerNode; vm++)
            {
                objects.Add(VmOf($"vm-{i + 1}-{vm}", $"set-{vm}", isolation));
                seats[new InstanceName($"vm-{i + 1}-{vm}")] = new NodeName(node);
            }
        }

        var (ledger, errors) = Founding.Of([.. objects], seats);
        Assert.Empty(errors);
        return ledger! with { ClusterName = "shop" };
    }

    /// <summary>As the file that `havm snapshot` would write.</summary>
    public static byte[] Bytes(Ledger ledger) => Snapshot.Write(
        new Cluster { Ledger = ledger, Office = Office.Take(ledger, new Epoch(7), "life", Instant.Origin) },
        "havm 1.2.3", At);

    private static SpecObject VmOf(string name, string set, IsolationPolicy? isolation) => new(
        new Metadata { Name = name },
        new VirtualMachineSpec
        {
            Template = new InstanceTemplate
            {
                Vcpus = 1,
                Memory = Model.Bytes.GiB(1),
                Image = "guest",
                AvailabilitySet = set,
                Isolation = isolation,
                Monitoring = MonitoringMode.VmAndApplication,
                Application = new GuestApplication
                {
                    Probe = new ProbeSpec { Kind = ProbeKind.Http, Port = 80 },
                    Command = ["/bin/serve"],
                    Environment = ImmutableDictionary<string, string>.Empty.Add("TOKEN", "hunter2"),
                },
            },
        });

    private static NodeSpec NodeOf(string node, string rack, int room) => new()
    {
        Rack = new RackName(rack),
        Cpus = room,
        Memory = Model.Bytes.GiB(room),
        Watchdog = WatchdogKind.Independent,
        Bmc = new FenceMethod
        {
            Url = $"https://{node}.bmc", SystemId = "1", Uuid = $"uuid-{node}", CredentialsFile = "/etc/havm/bmc",
        },
    };
}
