using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.State;

namespace Havm.Contracts.Store;

/// <summary>
/// Members of stored records are only ever added: what an older version wrote is read as it was meant.
/// </summary>
public sealed class OlderLedgerTests
{
    /// <summary>As written before power-on notes and the answers to fence orders were kept.</summary>
    private const string LostNode = """
        {"name":"n1","phase":"Lost","why":{"decider":"liveness","code":"failed","message":"silent","evidence":[]},
         "since":"2026-06-01T12:00:00+00:00","boot":"boot-1","pastBoots":["boot-0"],"verdict":"Failed",
         "watchdogArmed":true,"cordoned":false,"goalRevision":7,"floors":{},
         "fence":{"id":3,"boot":"boot-1","why":{"decider":"fencing","code":"fenceOrdered","message":"it is failed",
                  "evidence":[]},"orderedAt":"2026-06-01T12:00:04+00:00"}}
        """;

    private const string DeadNode = """
        {"name":"n1","phase":"Dead","why":{"decider":"fencing","code":"provenByPower","message":"off","evidence":[]},
         "since":"2026-06-01T12:00:00+00:00","boot":"boot-1","pastBoots":[],"goalRevision":7,"floors":{}}
        """;

    [Fact]
    public void A_fence_order_of_an_older_version_loads_as_one_that_was_not_answered()
    {
        NodeRecord node = Load(LostNode);

        Assert.Equal(new FenceOrder(3, new BootId("boot-1"), node.Fence!.Why, node.Fence.OrderedAt), node.Fence);
        Assert.Null(node.Fence.AnsweredAt);
        Assert.Null(node.PowerOn);
    }

    [Fact]
    public void A_node_that_an_older_version_proved_dead_is_nobodys_to_switch_on()
    {
        NodeRecord node = Load(DeadNode);

        Assert.Equal(NodePhase.Dead, node.Phase);
        Assert.Null(node.PowerOn);
    }

    [Fact]
    public void What_is_noted_about_a_dead_boot_is_read_as_it_was_written()
    {
        var why = new Reason("recovery", "powerOnOrdered", "n1 is powered on again");
        var written = Load(DeadNode) with
        {
            PowerOn = new PowerOnNote(new BootId("boot-1"), 3)
            {
                Tries = 2, TriedAt = new DateTimeOffset(2026, 6, 1, 12, 1, 0, TimeSpan.Zero), GivenUp = true, Why = why,
            },
            Fence = Load(LostNode).Fence! with { AnsweredAt = new DateTimeOffset(2026, 6, 1, 12, 0, 5, TimeSpan.Zero) },
        };
        var decision = new Decision
        {
            After = new Cluster
            {
                Ledger = new Ledger { ClusterName = "c" } with
                {
                    Nodes = new Ledger { ClusterName = "c" }.Nodes.SetItem(written.Name, written),
                },
                Office = new Office
                {
                    Epoch = new Epoch(1), Controller = "c1", Since = default, ListeningSince = default,
                },
            },
            Touched = [new RecordKey(RecordTable.Node, "n1")],
        };

        StoreWrite write = Assert.Single(LedgerCodec.Writes(decision));
        NodeRecord read = Load(write.Json!);

        Assert.Equal(written.PowerOn, read.PowerOn);
        Assert.Equal(written.Fence, read.Fence);
    }

    private static NodeRecord Load(string json)
    {
        var contents = new StoreContents(new Epoch(1), 1, [new StoreRecord("node", "n1", json)]);
        return LedgerCodec.Read("c", contents).Ledger.Nodes[new NodeName("n1")];
    }
}
