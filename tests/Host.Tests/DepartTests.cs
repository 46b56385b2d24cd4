using System.Diagnostics;
using Havm.Model;

namespace Havm.Host.Tests;

/// <summary>`havm-warden depart` against a real warden: what a shutdown hook runs.</summary>
public sealed class DepartTests
{
    private static async Task<int> EndAsync(Process process)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    private static async Task<NodeRig> LeasedAsync()
    {
        var rig = await NodeRig.MakeAsync();
        return await rig.OrTornDownAsync(async () =>
        {
            rig.StartWarden();
            await rig.LeasedAsync();
            return rig;
        });
    }

    [Fact]
    public async Task It_ends_well_when_the_controller_was_told_and_cancel_takes_it_back()
    {
        await using var rig = await LeasedAsync();

        Assert.Equal(0, await EndAsync(rig.StartDepart()));
        Assert.Equal(new DepartureNotice(Reboot: false), rig.Controller.Warden!.Departure);
        Assert.Equal(0, await EndAsync(rig.StartDepart("--reboot")));
        Assert.Equal(new DepartureNotice(Reboot: true), rig.Controller.Warden!.Departure);

        Assert.Equal(0, await EndAsync(rig.StartDepart("--cancel")));
        Assert.Null(rig.Controller.Warden!.Departure);
    }

    [Fact]
    public async Task Where_no_controller_answers_it_fails_with_one_error_and_goes_on_telling()
    {
        await using var rig = await LeasedAsync();
        rig.Controller.Answering = false;

        Assert.Equal(1, await EndAsync(rig.StartDepart("--timeout", "1")));

        await Until.TrueAsync(
            "the error is told", () => rig.Log("depart.log").Contains("no controller has let this node go"));
        Assert.Single(rig.Log("depart.log").TrimEnd().Split('\n'));
        await Until.TrueAsync("a beat tells it all the same", () => rig.Controller.Warden!.Departure is not null);
    }

    [Fact]
    public async Task It_waits_until_the_controller_lets_the_node_go()
    {
        await using var rig = await LeasedAsync();
        rig.Controller.LetsGo = false;
        var depart = rig.StartDepart("--reboot");

        await Until.TrueAsync("a beat tells it", () => rig.Controller.Warden!.Departure is not null);
        Assert.False(depart.HasExited);
        rig.Controller.LetsGo = true;

        Assert.Equal(0, await EndAsync(depart));
    }

    [Fact]
    public async Task Without_a_warden_it_is_one_clear_error()
    {
        await using var rig = await NodeRig.MakeAsync();

        Assert.Equal(1, await EndAsync(rig.StartDepart()));

        await Until.TrueAsync("the error is told", () => rig.Log("depart.log").Contains(rig.GateSocket));
        Assert.Single(rig.Log("depart.log").TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--reboot", "--cancel")]
    [InlineData("--timeout", "0")]
    [InlineData("--timeout", "601")]
    [InlineData("--timeout", "soon")]
    [InlineData("--now", "x")]
    public async Task Bad_words_are_told_with_the_usage_and_exit_code_2(string first, string second)
    {
        await using var rig = await NodeRig.MakeAsync();

        Assert.Equal(2, await EndAsync(rig.StartDepart(first, second)));

        await Until.TrueAsync("the usage is told", () => rig.Log("depart.log").Contains("havm-warden depart --config"));
    }
}
