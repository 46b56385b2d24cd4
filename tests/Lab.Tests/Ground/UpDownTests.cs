using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

public sealed class UpDownTests
{
    [RootFact]
    public async Task DownLeavesNothingOfThreeRacks()
    {
        await using var lab = await new TestLab { Shape = [] }.UpAsync();
        var status = lab.Status();
        Assert.Equal(LabPhase.Up, status.Phase);
        Assert.Equal(6, status.Nodes.Count);
        Assert.All(status.Nodes, node => Assert.Equal(PowerState.On, node.Power));
        await TestLab.EventuallyAsync("all processes run", () =>
            lab.Status() is { Chassis: true, Controller: true } now
            && now.Nodes.All(node => node.Agent && node.Warden));
        await lab.DoAsync("down");
        Assert.Empty(await lab.TracesAsync());
    }

    [RootTheory]
    [InlineData("lab.json")]
    [InlineData("ca.pem")]
    [InlineData("chassis/bmc.log")]
    [InlineData("chassis/ready")]
    [InlineData("chassis/r2n2.power.json")]
    [InlineData("nodes/r1n1/run/booted")]
    public async Task UpWorksAfterAnUpThatWasKilledMidway(string reached)
    {
        await using var lab = new TestLab { Shape = ["--racks", "2"] };
        using var first = TestLab.Start(lab.UpWords());
        await TestLab.EventuallyAsync($"{reached} is written", () => Path.Exists($"{lab.Directory}/{reached}"));
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);

        await lab.UpAsync(LabGround.IsUp(lab.Name) ? ["--replace"] : []);
        Assert.All(lab.Status().Nodes, node => Assert.Equal(PowerState.On, node.Power));
    }

    [RootFact]
    public async Task DownCleansUpAfterAnUpThatWasKilled()
    {
        await using var lab = new TestLab();
        using var first = TestLab.Start(lab.UpWords());
        await TestLab.EventuallyAsync("a namespace exists", () => LabNetwork.Existing(lab.Name).Count > 0);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        await lab.DoAsync("down");
        Assert.Empty(await lab.TracesAsync());
    }

    [RootFact]
    public async Task UpReplacesALabWhoseMachineRoomWasKilled()
    {
        await using var lab = await new TestLab().UpAsync();
        await ProcessTrees.Of(lab.Plan, LabGround.ChassisGroup).ObliterateAsync();
        await lab.UpAsync();
        Assert.True(lab.Status().Chassis);
    }

    [RootFact]
    public async Task ASecondUpIsRefusedAndHarmsNothing()
    {
        await using var lab = await new TestLab().UpAsync();
        var boot = lab.Status("r1n1").BootId;
        var (code, _, error) = await TestLab.TryAsync(lab.UpWords());
        Assert.Equal(2, code);
        Assert.Contains("a lab of this name is up", error);
        Assert.Equal(boot, lab.Status("r1n1").BootId);
    }

    [RootFact]
    public async Task VerbsThatRunAtTheSameTimeWaitForEachOther()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "2"] }.UpAsync();
        await Task.WhenAll(
            lab.DoAsync("power-off", "r1n1"), lab.DoAsync("power-off", "r2n1"), lab.DoAsync("power-off", "r2n2"),
            lab.DoAsync("cut", "r1n2"));
        Assert.Equal(["r1n2"], lab.Status().Nodes.Where(node => node.Power is PowerState.On).Select(node => node.Name));
        await Task.WhenAll(
            lab.DoAsync("power-on", "r1n1"), lab.DoAsync("power-on", "rack:rack2"), lab.DoAsync("heal", "r1n2"));
        Assert.All(lab.Status().Nodes, node => Assert.Equal((PowerState.On, null), (node.Power, node.Cut)));
    }

    [RootFact]
    public async Task ADirectoryWithSomebodyElsesFilesIsNeverTaken()
    {
        var foreign = Directory.CreateTempSubdirectory("havm-").FullName;
        await using var lab = new TestLab { Elsewhere = foreign };
        try
        {
            LabFiles.WriteText($"{foreign}/precious", "mine");
            var (code, _, error) = await TestLab.TryAsync(lab.UpWords());
            Assert.Equal(2, code);
            Assert.Contains("--dir", error);
            Assert.Equal("mine", LabFiles.ReadText($"{foreign}/precious"));
        }
        finally
        {
            Directory.Delete(foreign, recursive: true);
        }
    }
}
