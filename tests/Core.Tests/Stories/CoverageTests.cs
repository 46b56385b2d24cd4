using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// Stories check every change they see against what it says it touches; here is seen that they see all kinds.
/// </summary>
public sealed class CoverageTests
{
    [Fact]
    public void Every_kind_of_change_occurs_in_stories_and_touches_all_that_it_alters()
    {
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 20; seed++)
        {
            var life = new RandomLife(seed);
            life.Live(60);
            seen.UnionWith(life.Coverage.Keys);
        }

        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Sighted(story.Home("a"), 6).Home("a");
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.Until(() => story.Sent<PowerOff>(home) > 0);
        (home.Cut, home.Address) = (false, "10.1.0.7");
        story.Run(2);
        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Until(() => !story.Exists("a"));
        story.Order(id => new LongLeaseOrder(id, TimeSpan.FromMinutes(1), "ann"));
        story.Until(() => story.Happened("longLeaseOver"), limit: 300);
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(1), "ann"));
        story.Until(() => story.Happened("disarmOver"), limit: 300);
        story.Order(id => new CordonOrder(id, new NodeName("n1"), true, "ann"));
        Assert.Empty(story.Delete("Node/n1").Errors);
        story.Run(1);
        var (dark, host) = FencedNodes.Dark();
        dark.Until(() => dark.Happened("powerOnGivenUp"), 300);
        dark.Order(id => new CordonOrder(id, host.Name, true, "ann"));
        dark.Order(id => new CordonOrder(id, host.Name, false, "ann"));
        dark.Order(id => new CordonOrder(id, host.Name, true, "ann"));
        dark.Order(id => new RepairOrder(id, host.Name, "it stays dark", false, "ann"));
        dark.Order(id => new ReturnOrder(id, host.Name, false, "ann"));
        var (together, awaited) = (NodeLifeStories.Together(), RebootFirstStories.Cordoned());
        var late = FencedNodes.AnsweredLate(out _).Run(1);
        var vain = FencedNodes.TakenInVain(out _).Run(1);
        var moved = MovedByHand();
        var stopped = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var aim = stopped.Hosts.Values.First(h => h != stopped.Home("a")).Name;
        stopped.Order(id => new MoveOrder(id, new InstanceName("a"), aim, "ann"));
        stopped.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        stopped.Order(id => new DrainOrder(id, aim, true, "ann"));
        stopped.Run(2).Order(id => new DrainOrder(id, aim, false, "ann"));
        stopped.Run(2);
        var climbed = LadderStories.Climbed();
        var ill = Story.Of(3, 1).Run(2);
        ill.Host("n2").Ailments = [StorageStories.Fails];
        ill.Run(2).Host("n2").Ailments = [];
        ill.Run(2);
        var worn = PredictionStories.Watched();
        worn.Host("n3").Wear = [PredictionStories.Corrected];
        worn.Run(2);
        var restored = RestoredStateStories.Moved(out _, out _).Run(2).Adopt().Run(2);
        var (sent, emigrated) = (MoveStories.Sent(out _), MoveStories.Emigrated().Run(1));
        Story[] told =
        [
            story, dark, late, vain, moved, stopped, restored, sent, emigrated, climbed, together, awaited, ill,
            worn, DependencyStories.WaitedInVain(), IncidentStories.DecidedAgain(), StorageGivenBackStories.GivenBack(),
            StorageFenceStories.HitsAnother().Story, NoticeStories.HadItsTime(),
        ];
        seen.UnionWith(told
            .SelectMany(s => s.Changes).Select(c => c.Change.GetType().Name));

        seen.UnionWith(ObserveStories.LivedThrough().Changes.Select(c => c.Change.GetType().Name));
        seen.UnionWith(EndpointStories.LivedThrough().Changes.Select(c => c.Change.GetType().Name));
        seen.UnionWith(BusyStories.LivedThrough().Changes.Select(c => c.Change.GetType().Name));
        var all = typeof(Change).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Change)) && !t.IsAbstract).Select(t => t.Name);
        Assert.Equal([nameof(IncidentForgotten)], all.Except(seen));
    }

    /// <summary>Moved by hand, deleted, and found again on a node where nobody runs it any more.</summary>
    private static Story MovedByHand()
    {
        var moved = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var left = moved.Home("a");
        moved.MoveByHand(new InstanceName("a"), left, moved.Hosts.Values.First(h => h != left)).Run(20);
        moved.Delete("VirtualMachine/a");
        moved.Until(() => !moved.Exists("a"));
        moved.Host("n6").Running[new InstanceName("a")] = new SmallProcess(new Generation(1), default);
        moved.Run(3);
        return moved;
    }

    [Fact]
    public void The_table_of_instances_answers_as_a_scan_would()
    {
        var life = new RandomLife(5);
        for (var i = 0; i < 30; i++)
        {
            life.Live(2);
            var table = life.Story.Ledger.Instances;
            foreach (var node in life.Story.Hosts.Keys)
            {
                Assert.Equal(
                    table.Values.Where(x => x.Seat?.Node == node || x.Unproven.Any(s => s.Node == node)),
                    table.Touching(node));
            }

            Assert.Equal(table.Values, InstanceTable.Of(table.Values.Reverse()).Values);
            Assert.Equal(InstanceTable.Of(table.Values).Restless, table.Restless);
            Assert.Superset(
                table.Values.Where(x =>
                    x.Seat is null && x.Wanted == WantedState.Running || !x.Unproven.IsEmpty || x.Leaving).ToHashSet(),
                table.Restless.ToHashSet());
        }
    }
}
