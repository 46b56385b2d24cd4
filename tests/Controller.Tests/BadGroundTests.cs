using System.Net;
using System.Net.Sockets;

namespace Havm.Controller.Tests;

/// <summary>
/// A controller on bad ground: one clear error, an exit code, and nothing that was acknowledged is lost.
/// </summary>
public sealed class BadGroundTests
{
    private const string OneRack = "{apiVersion: havm/v1, kind: Rack, metadata: {name: r1}, spec: {}}";

    [Fact]
    public async Task A_disk_that_fills_up_ends_the_term_and_keeps_what_was_acknowledged()
    {
        using var disk = new SmallDisk();
        await using var rig = new ControllerRig(disk.Directory);
        var controller = await rig.StartAsync();
        Assert.Equal(0, (await rig.HavmAsync("apply", "-f", rig.Write(OneRack))).Exit);
        var many = string.Join("\n---\n", Enumerable.Range(2, 3000).Select(i => OneRack.Replace("r1", $"r{i}")));
        disk.Fill();

        var refused = await rig.HavmAsync("apply", "-f", rig.Write(many));
        var ended = await ControllerRig.EndAsync(controller);

        Assert.Equal(1, refused.Exit);
        Assert.Contains("no room for state", refused.Error);
        Assert.Contains("remedy:", refused.Error);
        Assert.Equal(1, ended.Exit);
        Assert.Contains("no room for state", ended.Error);
        disk.Free();
        await rig.StartAsync();
        Assert.Equal(["r1"], await rig.RacksAsync());
    }

    [Fact]
    public async Task A_second_controller_on_the_same_state_is_refused_and_the_first_goes_on()
    {
        await using var rig = new ControllerRig();
        var first = await rig.StartAsync();

        var second = await rig.TryStartAsync();

        Assert.Equal(1, second.Exit);
        Assert.Contains($"is in use by process {first.Id}", second.Error);
        Assert.Equal(0, (await rig.HavmAsync("get", "Rack")).Exit);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var rig = new ControllerRig();
        using var taken = new TcpListener(IPAddress.Loopback, rig.Port);
        taken.Start();

        var ended = await rig.TryStartAsync();

        Assert.Equal(1, ended.Exit);
        Assert.Contains($"127.0.0.1:{rig.Port}", ended.Error);
        Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_damaged_state_is_told_and_left_as_it_is()
    {
        await using var rig = new ControllerRig();
        File.WriteAllText(rig.Database, new string('x', 8192));

        var ended = await rig.TryStartAsync();

        Assert.Equal(1, ended.Exit);
        Assert.Contains(rig.Database, ended.Error);
        Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(new string('x', 8192), File.ReadAllText(rig.Database));
    }

    [Fact]
    public async Task A_kill_right_after_an_acknowledgement_loses_nothing()
    {
        await using var rig = new ControllerRig();
        for (var life = 1; life <= 5; life++)
        {
            var controller = await rig.StartAsync();
            Assert.Equal(0, (await rig.HavmAsync(
                "apply", "-f", rig.Write(OneRack.Replace("r1", $"r{life}")))).Exit);
            controller.Kill();
            await ControllerRig.EndAsync(controller);
        }

        await rig.StartAsync();
        Assert.Equal(["r1", "r2", "r3", "r4", "r5"], await rig.RacksAsync());
    }

    [Theory]
    [InlineData("{}", "cluster: is missing", 4)]
    [InlineData("""{"cluster": "a", "listen": "http://127.0.0.1:1", "stateDir": "/s", "runDir": "/r", "prot": 1}""",
        "prot: is unknown; take it out, or write one of apiListen, balancerCommand, cluster", 1)]
    [InlineData("""{"cluster": 1, "listen": "http://127.0.0.1:1", "stateDir": "/s", "runDir": "/r"}""",
        "cluster: has a value of the wrong kind", 1)]
    [InlineData("""{"cluster": "a", "listen": "http://192.0.2.1:1", "stateDir": "/s", "runDir": "/r"}""",
        "listen: 192.0.2.1 is neither loopback", 1)]
    [InlineData("{\n  nope", "is no JSON from line 2, character 3 on", 1)]
    [InlineData("[]", "holds a list, not an object", 1)]
    public async Task A_bad_configuration_is_told_in_words_of_the_file(string configuration, string told, int errors)
    {
        await using var rig = new ControllerRig();

        var ended = await rig.TryStartAsync(configuration);

        Assert.Equal(2, ended.Exit);
        Assert.Contains(told, ended.Error);
        Assert.Equal(errors, ended.Error.TrimEnd('\n').Split('\n').Length);
    }
}
