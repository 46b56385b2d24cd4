using System.Net;
using Havm.Lab.Ground;

namespace Havm.Lab.Tests.Ground;

public sealed class BmcTests
{
    [RootFact]
    public async Task SpeaksRedfishToThoseWhoPinItsAuthorityAndKnowItsPassword()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "2", "--nodes-per-rack", "1"] }.UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        var (_, root) = await bmc.GetAsync("/redfish/v1/");
        Assert.Equal("/redfish/v1/Systems", root.GetProperty("Systems").GetProperty("@odata.id").GetString());
        var (_, systems) = await bmc.GetAsync("/redfish/v1/Systems");
        Assert.Equal(bmc.System, systems.GetProperty("Members")[0].GetProperty("@odata.id").GetString());
        var (_, system) = await bmc.GetAsync(bmc.System);
        Assert.Equal(lab.Node("r1n1").Uuid, system.GetProperty("UUID").GetString());
        Assert.Equal("On", system.GetProperty("PowerState").GetString());
        Assert.Equal(
            bmc.ResetTarget,
            system.GetProperty("Actions").GetProperty("#ComputerSystem.Reset").GetProperty("target").GetString());

        using var unpinned = new RedfishClient(lab, "r1n1", pinned: false);
        await Assert.ThrowsAsync<HttpRequestException>(() => unpinned.GetAsync("/redfish/v1/"));
        using var stranger = new RedfishClient(lab, "r1n1", password: "guess");
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/redfish/v1/")).Status);
        Assert.Equal("401 InsufficientPrivilege", await stranger.ErrorCodeAsync(HttpMethod.Get, bmc.System, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await stranger.ResetAsync("ForceOff"));

        // One BMC knows nothing of another's node.
        using var other = new RedfishClient(lab, "r2n1");
        Assert.Equal("404 ResourceMissingAtURI", await other.ErrorCodeAsync(HttpMethod.Get, bmc.System, null));
    }

    [RootFact]
    public async Task RefusesWhatItDoesNotUnderstandAndDoesNothing()
    {
        await using var lab = await new TestLab().UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        var boot = lab.Status("r1n1").BootId;
        Assert.Equal("404 ResourceMissingAtURI", await bmc.ErrorCodeAsync(HttpMethod.Get, "/redfish/v1/Fans", null));
        Assert.Equal("405 OperationNotAllowed", await bmc.ErrorCodeAsync(HttpMethod.Delete, bmc.System, null));
        Assert.Equal("400 MalformedJSON", await PostAsync(new StringContent("{nonsense")));
        Assert.Equal("400 ActionParameterMissing", await PostAsync(RedfishClient.Body("Mode", "ForceOff")));
        Assert.Equal(
            "400 ActionParameterValueNotInList", await PostAsync(RedfishClient.Body("ResetType", "Explode")));
        Assert.Equal((PowerState.On, boot), (lab.Status("r1n1").Power, lab.Status("r1n1").BootId));

        Task<string> PostAsync(HttpContent body) => bmc.ErrorCodeAsync(HttpMethod.Post, bmc.ResetTarget, body);
    }

    [RootFact]
    public async Task ActsBeforeItAnswers()
    {
        await using var lab = await new TestLab().UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        var node = ProcessTrees.Of(lab.Plan, "r1n1");
        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("ForceOff"));
        Assert.Empty(node.Processes());
        Assert.Equal("Off", await bmc.PowerAsync());
        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("ForceOff"));

        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("On"));
        Assert.Equal("On", await bmc.PowerAsync());
        var boot = lab.Status("r1n1").BootId;
        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("ForceRestart"));
        Assert.NotEqual(boot, lab.Status("r1n1").BootId);
        Assert.Equal("On", await bmc.PowerAsync());
    }

    [RootFact]
    public async Task AGracefulShutdownWaitsForTheNodesOwnEnd()
    {
        await using var lab = await new TestLab
        {
            // Ends only when the test lets it, however politely it was asked before.
            Agent = "trap : TERM; while [ ! -e {dir}/finished ]; do sleep 0.05; done",
        }.UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        await TestLab.EventuallyAsync("the agent runs", () => lab.Status("r1n1").Agent);
        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("GracefulShutdown"));
        Assert.Equal("PoweringOff", await bmc.PowerAsync());
        await File.WriteAllTextAsync($"{lab.Paths.Node("r1n1")}/finished", "", TestContext.Current.CancellationToken);
        await TestLab.EventuallyAsync("it is off", () => lab.Status("r1n1").Power is PowerState.Off);
        Assert.Equal("Off", await bmc.PowerAsync());
    }

    [RootFact]
    public async Task ALyingBmcSaysOffAndLeavesTheNodeAlone()
    {
        await using var lab = await new TestLab().UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        var boot = lab.Status("r1n1").BootId;
        await lab.DoAsync("bmc", "r1n1", "lying");
        Assert.Equal(HttpStatusCode.NoContent, await bmc.ResetAsync("ForceOff"));
        Assert.Equal("Off", await bmc.PowerAsync());
        Assert.NotEmpty(ProcessTrees.Of(lab.Plan, "r1n1").Processes());
        Assert.Equal((PowerState.On, boot), (lab.Status("r1n1").Power, lab.Status("r1n1").BootId));
        await lab.DoAsync("bmc", "r1n1", "ok");
        Assert.Equal("On", await bmc.PowerAsync());
    }

    [RootFact]
    public async Task ADeadBmcIsSilentAndNeverRefuses()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "1", "--nodes-per-rack", "2"] }.UpAsync();
        await lab.DoAsync("power-off", "r1n1", "--with-bmc");
        var node = lab.Node("r1n1");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NamespaceDialer.ConnectAsync(
            lab.Namespace("ctl"), node.BmcAddress, node.BmcPort, TimeSpan.FromSeconds(2)));
        using var neighbour = new RedfishClient(lab, "r1n2");
        Assert.Equal("On", await neighbour.PowerAsync());

        await lab.DoAsync("power-on", "r1n1");
        using var bmc = new RedfishClient(lab, "r1n1");
        Assert.Equal("On", await bmc.PowerAsync());
    }

    [RootFact]
    public async Task ASlowBmcIsSlowButTrue()
    {
        await using var lab = await new TestLab().UpAsync();
        using var bmc = new RedfishClient(lab, "r1n1");
        await lab.DoAsync("bmc", "r1n1", "slow", "--delay", "1.5");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal("On", await bmc.PowerAsync());
        Assert.InRange(clock.Elapsed.TotalSeconds, 1.4, 20);
    }
}
