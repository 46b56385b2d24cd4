using Havm.Core.Lifecycle;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Which isolation an instance has whose spec writes none, and that nobody gets a lease unawares.</summary>
public sealed class DefaultIsolationStories
{
    [Fact]
    public void Where_every_node_has_a_BMC_it_is_left_running_and_nothing_is_said()
    {
        var story = Story.Of(2, 1);

        Assert.Empty(Bound(story, StorySpecs.Vm("a")));
        story.Until(() => story.Exists("a"));

        Assert.Equal(IsolationPolicy.LeaveRunning, IsolationOf(story, "a"));
    }

    [Fact]
    public void One_node_without_a_BMC_makes_it_pause_and_apply_names_that_node_and_says_what_to_write()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Node("n9", "r2", bmc: false));

        var told = Assert.Single(Bound(story, StorySpecs.Vm("a")));
        story.Until(() => story.Exists("a"));

        Assert.Equal(IsolationPolicy.Pause, IsolationOf(story, "a"));
        Assert.StartsWith(
            "isolation is pause by default, because Node/n9 has no bmc or other fencing that switches power, and "
                + "Datastore/store is not enforcing: it also acts in a controller outage longer than its lease", told);
        Assert.Contains("write isolation: leaveRunning where something else proves a node dead", told);
        Assert.Contains("`havm controller hold`", told);
    }

    [Fact]
    public void Nodes_and_VMs_of_one_submission_are_judged_together()
    {
        var story = Story.Of(2, 1);

        Assert.Single(Bound(story, StorySpecs.Vm("a"), StorySpecs.Node("n9", "r2", bmc: false)));
        Assert.Empty(Bound(story, StorySpecs.Vm("b"), StorySpecs.Node("n9", "r2")));
    }

    [Theory]
    [InlineData(true, true, IsolationPolicy.LeaveRunning)]
    [InlineData(true, false, IsolationPolicy.Pause)]
    [InlineData(false, true, IsolationPolicy.Pause)]
    public void Without_BMCs_the_datastores_of_its_image_and_of_each_disk_must_refuse_late_writes(
        bool image, bool data, IsolationPolicy expected)
    {
        var story = Story.Of(2, 1, bmc: false);
        var vm = StorySpecs.Of("a", new VirtualMachineSpec
        {
            Template = StorySpecs.Template(),
            Disks = [new DiskSpec { Name = "d", Datastore = "data", Size = Bytes.MiB(1) }],
        });

        var told = Bound(story, Store("store", image), Store("data", data), vm);
        story.Until(() => story.Exists("a"));

        Assert.Equal(expected, IsolationOf(story, "a"));
        Assert.Equal(expected == IsolationPolicy.Pause ? 1 : 0, told.Count);
        Assert.All(told, text => Assert.Contains($"Datastore/{(image ? "data" : "store")} is not enforcing", text));
        Assert.All(told, text => Assert.Contains("Node/n1, Node/n2 have no bmc", text));
    }

    [Fact]
    public void A_policy_that_is_written_is_not_called_a_default()
    {
        var story = Story.Of(2, 1, bmc: false);

        Assert.Empty(Bound(story, StorySpecs.Vm("a", IsolationPolicy.LeaveRunning)));
        Assert.StartsWith(
            "isolation pause also acts", Assert.Single(Bound(story, StorySpecs.Vm("b", IsolationPolicy.Pause))));
    }

    [Fact]
    public void What_is_applied_again_is_told_only_if_it_changes_and_then_that_the_default_stays()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Node("n9", "r2", bmc: false), StorySpecs.Vm("a"));
        story.Apply(StorySpecs.Node("n9", "r2"));

        Assert.Empty(Bound(story, StorySpecs.Vm("a")));
        var told = Assert.Single(Bound(story, StorySpecs.Vm("a", priority: 1)));
        story.Run(2);

        Assert.StartsWith("isolation stays pause, because none is written", told);
        Assert.Equal(IsolationPolicy.Pause, IsolationOf(story, "a"));
        Assert.Empty(Bound(story, StorySpecs.Vm("a", IsolationPolicy.LeaveRunning, priority: 1)));
    }

    [Fact]
    public void A_service_is_told_once_a_role_however_many_instances_it_has()
    {
        var story = Story.Of(2, 3, bmc: false);

        var told = Assert.Single(Bound(story, StorySpecs.Service("s", 3)));

        Assert.StartsWith("role web: isolation is pause by default", told);
        Assert.Contains("Node/n1, Node/n2, Node/n3 and 3 more have no bmc", told);
    }

    [Fact]
    public void A_cluster_without_nodes_lacks_nothing_yet()
    {
        var story = Story.Of(2, 1);
        var vm = StorySpecs.Vm("a");
        var nodeless = story.Ledger with
        {
            Specs = story.Ledger.Specs.RemoveRange(["Node/n1", "Node/n2"]),
        };

        var chosen = DefaultIsolation.Of(
            nodeless, Assert.Single(InstancePlan.Of(vm)), (ImageSpec)StorySpecs.Image.Spec);

        Assert.Equal(IsolationPolicy.LeaveRunning, chosen.Policy);
        Assert.Equal(["store"], chosen.Loose);
    }

    private static IsolationPolicy IsolationOf(Story story, string name) => story.Instance(name).Machine.Isolation;

    private static SpecObject Store(string name, bool enforcing) =>
        StorySpecs.Of(name, new DatastoreSpec { Enforcing = enforcing });

    /// <summary>What apply says of leases.</summary>
    private static List<string> Bound(Story story, params ReadOnlySpan<SpecObject> objects)
    {
        var outcome = story.Apply(objects);
        Assert.Empty(outcome.Errors);
        return [.. outcome.Warnings.Select(w => w.Message).Where(m => m.Contains("isolation"))];
    }
}
