using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What may be applied of agents that cut a node off from storage.</summary>
public sealed class CutAdmissionStories
{
    [Theory]
    [InlineData("safe", "", "")]
    [InlineData("nowhere", "Datastore/nowhere does not exist", "apply it first")]
    [InlineData("store", "Datastore/store is not enforcing", "write enforcing: true there")]
    public void A_node_is_cut_off_only_from_a_datastore_whose_storage_refuses_it(
        string datastore, string reason, string remedy)
    {
        var story = Story.Of(2, 1);

        var errors = story.Apply(Safe(true), Cut("n9", "9", "safe", datastore)).Errors;

        Assert.Equal(reason.Length > 0 ? ["spec.fencing[0].datastores[1]"] : [], errors.Select(e => e.Field));
        Assert.All(errors, e => Assert.Equal((reason, true), (e.Reason, e.Remedy.StartsWith(remedy))));
    }

    [Fact]
    public void A_datastore_stays_enforcing_and_is_not_deleted_while_a_node_is_cut_off_from_it()
    {
        var story = Story.Of(2, 1).With(Safe(true), Cut("n9", "9", "safe"));

        var error = Assert.Single(story.Apply(Safe(false)).Errors);

        Assert.Equal(("Datastore/safe", "spec.enforcing"), (error.Object, error.Field));
        Assert.Contains("Node/n9", error.Reason);
        Assert.Equal("Node/n9", Assert.Single(story.Delete("Datastore/safe").Errors).Object);
        Assert.Empty(story.Apply(Safe(false), StorySpecs.Node("n9", "r1")).Errors);
    }

    [Theory]
    [InlineData("8", false)]
    [InlineData("9", true)]
    public void Two_nodes_cannot_be_cut_off_by_one_agent_with_the_same_parameters(string key, bool refused)
    {
        var story = Story.Of(2, 1).With(Safe(true));

        var errors = story.Apply(Cut("n8", key, "safe"), Cut("n9", "9", "safe")).Errors;

        Assert.Equal(refused ? ["Node/n8", "Node/n9"] : [], errors.Select(e => e.Object));
        Assert.All(errors, e => Assert.Contains("fence_san key=9 also cuts off", e.Reason));
    }

    [Fact]
    public void That_an_agent_cannot_tell_whom_it_cuts_off_and_what_it_leaves_waiting_are_named_as_risks()
    {
        var story = Story.Of(2, 1).With(Safe(true));

        var told = story.Apply(Cut("n9", "9", "safe")).Warnings.Select(w => w.Message).ToList();

        Assert.Equal(2, told.Count);
        Assert.Contains("but for those with all disks on datastores that its fencing cuts off", told[0]);
        Assert.StartsWith("fence_san key=9 does not tell which machine it cuts off", told[1]);
    }

    private static SpecObject Safe(bool enforcing) =>
        StorySpecs.Of("safe", new DatastoreSpec { Enforcing = enforcing });

    private static SpecObject Cut(string node, string key, params string[] datastores)
    {
        var plain = StorySpecs.Node(node, "r1", bmc: false);
        var cut = new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_san",
            Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("key", key),
            Datastores = [.. datastores],
        };
        return plain with { Spec = (NodeSpec)plain.Spec with { Fencing = [cut] } };
    }
}
