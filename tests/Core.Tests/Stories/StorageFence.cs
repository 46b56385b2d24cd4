using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>A node whose storage can be told to refuse it, and what sits on it.</summary>
internal static class StorageFence
{
    /// <summary>It stops where it is, and nobody hears of it.</summary>
    public static void Vanish(SmallHost home) => (home.Cut, home.Refused) = (true, true);

    /// <summary>It is heard again, refused or not.</summary>
    public static void ComeBack(Story story, SmallHost home) =>
        (home.Cut, home.Refused) = (false, story.Refused.Count > 0);

    /// <param name="bmc">It can be switched off, too.</param>
    /// <param name="ways">By so many ways storage takes its writes.</param>
    public static (Story Story, SmallHost Home) Begin(bool bmc = false, int ways = 1)
    {
        var story = Story.Of(3, 2);
        story.SharedStore = true;
        Assert.Empty(story.Apply(StorySpecs.Of("store", new DatastoreSpec { Enforcing = true })).Errors);
        Assert.Empty(story.Apply(StorySpecs.Of("local", new DatastoreSpec())).Errors);
        var home = story.Hosts.Values.First();
        var node = story.Ledger.Specs[$"Node/{home.Name}"];
        var spec = (NodeSpec)node.Spec;
        FenceMethod[] ladder = bmc ? [spec.Rungs[0]] : [];
        Assert.Empty(story.Apply(node with
        {
            Spec = spec with { Bmc = null, Fencing = [.. ladder, .. Enumerable.Range(1, ways).Select(Way)] },
        }).Errors);
        story.With(
            StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [new("a"), new("diskless"), new("both")], To = [new PreferredNode(home.Name, 100)],
            }),
            Vm("a", "store"), Vm("diskless"), Vm("both", "store", "local"));

        // Long enough that no order of an earlier leader can be under way.
        story.Run(30);
        story.Commands.Clear();
        return (story, home);
    }

    public static FenceMethod Way(int number) => new()
    {
        Driver = FenceDriver.FenceAgent,
        Agent = "fence_storage",
        Parameters = FenceMethod.NoParameters.Add("plug", $"{number}"),
        Datastores = ["store"],
    };

    public static SpecObject Vm(string name, params string[] datastores) => StorySpecs.Of(
        name, new VirtualMachineSpec
        {
            Template = StorySpecs.Template(IsolationPolicy.LeaveRunning),
            Disks = [.. datastores.Select(d => new DiskSpec { Name = d, Datastore = d, Size = Bytes.MiB(64) })],
        });
}
