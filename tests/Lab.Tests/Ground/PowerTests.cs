using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

public sealed class PowerTests
{
    [RootFact]
    public async Task PowerOffEndsEverythingAndPowerOnIsANewBoot()
    {
        await using var lab = await new TestLab { Agent = "touch {dir}/run/trace; exec sleep 100000" }.UpAsync();
        var before = lab.Status("r1n1");
        var node = ProcessTrees.Of(lab.Plan, "r1n1");
        await TestLab.EventuallyAsync("the agent ran", () => File.Exists($"{lab.Paths.Run("r1n1")}/trace"));
        Assert.NotEmpty(node.Processes());

        await lab.DoAsync("power-off", "r1n1");
        Assert.Equal(PowerState.Off, lab.Status("r1n1").Power);
        Assert.Empty(node.Processes());
        Assert.DoesNotContain("r1n1", LabNetwork.Existing(lab.Name));
        Assert.Empty(new TaggedTree($"{lab.Name}/r1n1/").Processes());
        await lab.DoAsync("power-off", "r1n1");

        await lab.DoAsync("power-on", "r1n1");
        var after = lab.Status("r1n1");
        Assert.Equal(PowerState.On, after.Power);
        Assert.NotEqual(before.BootId, after.BootId);
        Assert.Equal(after.BootId, LabFiles.ReadText(lab.Paths.BootId("r1n1")));
    }

    [RootFact]
    public async Task InitStartsAgentAndControllerAgain()
    {
        await using var lab = await new TestLab().UpAsync();
        await CheckAsync("r1n1", "agent", ["restart-agent", "r1n1"]);
        await CheckAsync("r1n1", "warden", ["restart-warden", "r1n1", "--kill"]);
        await CheckAsync("ctl", "ctl", ["restart-controller"]);
        await CheckAsync("ctl", "ctl", ["restart-controller", "--kill"]);

        async Task CheckAsync(string group, string part, string[] words)
        {
            var tree = ProcessTrees.Of(lab.Plan, group);
            await TestLab.EventuallyAsync($"{part} runs", () => tree.Processes(part).Count == 1);
            var before = tree.Processes(part).Single();
            await lab.DoAsync(words);
            await TestLab.EventuallyAsync(
                $"{part} runs anew", () => tree.Processes(part) is [var pid] && pid != before);
        }
    }

    [RootFact]
    public async Task EachNodeHasItsOwnWayToTheSharedDatastore()
    {
        await using var lab = await new TestLab
        {
            Agent = "while :; do date +%s%N > {dir}/datastore/$(basename {dir}); sleep 0.02; done",
            Shape = ["--racks", "1", "--nodes-per-rack", "2"],
        }.UpAsync();
        await WritesAsync("r1n1");
        await WritesAsync("r1n2");
        Assert.Empty(Directory.EnumerateFileSystemEntries(lab.Paths.NodeDatastore("r1n1")));

        await lab.DoAsync("datastore", "r1n1", "hang");
        Assert.Equal("hang", lab.Status("r1n1").Datastore);
        var stuck = Text("r1n1");
        await WritesAsync("r1n2");
        Assert.Equal(stuck, Text("r1n1"));
        await lab.DoAsync("datastore", "r1n1", "heal");
        await WritesAsync("r1n1");

        await lab.DoAsync("datastore", "r1n1", "gone");
        await TestLab.EventuallyAsync("the mount is gone", () => lab.Status("r1n1").Datastore == "gone");
        var lost = Text("r1n1");
        await WritesAsync("r1n2");
        Assert.Equal(lost, Text("r1n1"));
        await lab.DoAsync("datastore", "r1n1", "heal");
        await WritesAsync("r1n1");

        // A node whose storage hangs must still be possible to switch off.
        await lab.DoAsync("datastore", "r1n1", "hang");
        await lab.DoAsync("power-off", "r1n1");
        Assert.Equal(PowerState.Off, lab.Status("r1n1").Power);

        string? Text(string node) => LabFiles.ReadText($"{lab.Paths.Datastore}/{node}");
        async Task WritesAsync(string node)
        {
            var old = Text(node);
            await TestLab.EventuallyAsync($"{node} writes", () => Text(node) is { Length: > 0 } now && now != old);
        }
    }
}
