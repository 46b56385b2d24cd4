using Havm.Core;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.Recording;

namespace Havm.Runtime.Tests;

/// <summary>Words in short tell what the words that they stand for told.</summary>
public sealed class QuietWordTests
{
    private static readonly NodeName Node = new("n1");
    private static readonly BootId Boot = new("boot-1");

    /// <param name="late">Milliseconds that each word of the warden, one a second, was on its way.</param>
    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(900, 2, 700, 40)]
    [InlineData(900, 500, 2)]
    [InlineData(1, 800, 900)]
    [InlineData(300, 9, 9, 400, 10, 600)]
    public void The_nodes_clock_is_known_as_well_from_them(params int[] late)
    {
        var start = Ear.Hear(Picture(), Beat(0), Instant.FromSeconds(100.95));
        var (heard, quiet) = (start, QuietWord.Of(Node));
        for (var i = 0; i < late.Length; i++)
        {
            var at = Instant.FromSeconds(101 + i) + TimeSpan.FromMilliseconds(late[i]);
            heard = Ear.Hear(heard, Beat(1 + i), at);
            quiet = quiet.With(Beat(1 + i), at, heard.HeardOf(Node))!;
        }

        var again = quiet.Into(start).HeardOf(Node);

        Assert.Equal(heard.HeardOf(Node).Clock, again.Clock);
        Assert.Equal(heard.HeardOf(Node).Quickest, again.Quickest);
    }

    private static WardenBeatHeard Beat(int uptime) => new(Node, Boot, new ProcessLife("warden-1"), 1)
    {
        Uptime = TimeSpan.FromSeconds(uptime),
    };

    private static Cluster Picture()
    {
        var ledger = new Ledger
        {
            ClusterName = "quiet",
            Nodes = SortedTable<NodeName, NodeRecord>.Empty.SetItem(Node, new NodeRecord
            {
                Name = Node, Boot = Boot, Phase = NodePhase.Up, Why = new Reason("test", "up", "it is up"),
            }),
        };
        return new Cluster
        {
            Ledger = ledger, Office = Office.Take(ledger, new Epoch(1), "c", Instant.FromSeconds(90)), Wall = default,
        };
    }
}
