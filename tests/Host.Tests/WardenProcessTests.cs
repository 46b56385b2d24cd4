using System.Text.Json.Nodes;
using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Host.Tests;

/// <summary>
/// The warden as a process, with real cgroups, its real gate and the real transport; `sleep` plays the machine.
/// </summary>
public sealed class WardenProcessTests
{
    private static async Task<NodeRig> LeasedAsync()
    {
        var rig = await NodeRig.MakeAsync();
        return await rig.OrTornDownAsync(async () =>
        {
            rig.StartWarden();
            await rig.LeasedAsync();
            Assert.True((await rig.AskAsync(GateVerb.Floors)).Granted);
            return rig;
        });
    }

    private static async Task PermitAndSleepAsync(NodeRig rig, string instance, IsolationPolicy policy)
    {
        var answer = await rig.AskAsync(GateVerb.Permit, instance, 1, policy);
        Assert.True(answer.Granted, answer.Reason?.Message);
        Assert.Equal($"{rig.Cgroup}/vms/{instance}", answer.Cgroup);
        rig.StartSleep(instance);
        await Until.TrueAsync($"{instance} lives", () => rig.IsAlive(instance));
    }

    [Fact]
    public async Task Where_a_lease_was_never_granted_nothing_is_permitted_and_what_is_there_is_killed()
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.Controller.Granting = false;
        rig.StartWarden();
        await Until.TrueAsync("the warden beats", () => rig.Controller.Warden is not null);
        await rig.AskAsync(GateVerb.Floors);

        var answer = await rig.AskAsync(GateVerb.Permit, "web", 1, IsolationPolicy.LeaveRunning);
        rig.StartSleep("stray");

        Assert.Equal("noLease", answer.Reason!.Code);
        await Until.TrueAsync("the stray process was killed", () =>
            rig.Log("havm-warden.log").Contains("stray", StringComparison.Ordinal) && !rig.IsAlive("stray"));
    }

    [Fact]
    public async Task When_the_controller_falls_silent_what_is_bound_dies_at_K_and_the_rest_lives()
    {
        await using var rig = await LeasedAsync();
        await PermitAndSleepAsync(rig, "web", IsolationPolicy.PowerOff);
        await PermitAndSleepAsync(rig, "vm", IsolationPolicy.LeaveRunning);
        await Until.TrueAsync("both are told as running", () => rig.Controller.Warden!.Running.Length == 2);

        rig.Controller.Answering = false;
        await Until.TrueAsync("web is dead", () => !rig.IsAlive("web"));

        var status = await rig.AskAsync(GateVerb.Status);
        Assert.InRange(status.LeaseAge!.Value.TotalSeconds, 2.5, 4);
        Assert.True(rig.IsAlive("vm"));
        Assert.True(status.Seats.Single(seat => seat.Instance.Value == "web").ByLease);
        Assert.Equal("noLease", (await rig.AskAsync(GateVerb.Permit, "web", 1, IsolationPolicy.PowerOff)).Reason!.Code);
    }

    [Fact]
    public async Task A_killed_warden_is_back_within_the_lease_and_knows_its_seats()
    {
        await using var rig = await NodeRig.MakeAsync();
        var first = rig.StartWarden();
        await rig.LeasedAsync();
        await rig.AskAsync(GateVerb.Floors);
        await PermitAndSleepAsync(rig, "web", IsolationPolicy.PowerOff);

        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        rig.StartWarden();
        await rig.LeasedAsync();

        Assert.True(rig.IsAlive("web"));
        var seat = Assert.Single((await rig.AskAsync(GateVerb.Status)).Seats);
        Assert.Equal((new InstanceName("web"), new Generation(1)), (seat.Instance, seat.Generation));
        rig.Controller.Answering = false;
        await Until.TrueAsync("the new life holds the old deadline", () => !rig.IsAlive("web"));
    }

    [Fact]
    public async Task An_end_kills_the_cgroup_and_says_so_only_when_it_is_empty()
    {
        await using var rig = await LeasedAsync();
        await PermitAndSleepAsync(rig, "web", IsolationPolicy.LeaveRunning);

        var answer = await rig.AskAsync(GateVerb.End, "web", 1);

        Assert.True(answer.Granted);
        Assert.False(rig.IsAlive("web"));
    }

    [Fact]
    public async Task Floors_are_on_disk_before_they_are_acknowledged()
    {
        await using var rig = await LeasedAsync();

        var answer = await rig.AskAsync(new GateRequest { Verb = GateVerb.Floors, Floors = [new(new("web"), new(7))] });

        Assert.True(answer.Granted);
        Assert.Contains("\"web\"", rig.Log("warden/ledger.json"));
        Assert.Equal("withdrawn", (await rig.AskAsync(GateVerb.Permit, "web", 7, IsolationPolicy.Stop)).Reason!.Code);
    }

    [Fact]
    public async Task The_gate_is_for_root_alone_and_minds_no_nonsense()
    {
        await using var rig = await LeasedAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.GateSocket));

        foreach (string nonsense in new[]
        {
            "", "null", "{", "[]", "{\"verb\":\"fly\"}",
            "{\"verb\":\"permit\",\"instance\":\"../../etc\",\"generation\":1}",
            "{\"verb\":\"end\"}", "{\"verb\":\"floors\",\"floors\":[{\"instance\":\"A B\",\"generation\":1}]}",
            new string('x', 100_000),
        })
        {
            Assert.Contains("\"badQuestion\"", await rig.SayAsync(nonsense));
        }

        Assert.True((await rig.AskAsync(GateVerb.Status)).Granted);
    }

    [Fact]
    public async Task It_beats_by_stream_and_datagram_arms_and_feeds_the_watchdog_and_writes_to_the_datastore()
    {
        await using var rig = await LeasedAsync();

        await Until.TrueAsync("a datagram came", () => !rig.Controller.Datagrams.IsEmpty);
        await Until.TrueAsync("the watchdog is told as armed", () => rig.Controller.Warden!.WatchdogArmed);
        await Until.TrueAsync("it is fed", () =>
        {
            lock (rig.WatchdogWords)
            {
                return rig.WatchdogWords is ["arm 5", "feed", ..];
            }
        });
        string beat = $"{rig.Home}/datastore/.havm/heartbeats/n1.beat";
        await Until.TrueAsync("the datastore has a beat", () =>
            File.Exists(beat) && File.ReadAllText(beat).Contains("boot-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_is_moved_aside_and_told()
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.Controller.TellsGoals = false;
        Directory.CreateDirectory($"{rig.Home}/warden");
        File.WriteAllText($"{rig.Home}/warden/ledger.json", "{ half a led");

        rig.StartWarden();
        await rig.LeasedAsync();

        Assert.True(File.Exists($"{rig.Home}/warden/ledger.json.bad"));
        Assert.Contains("ledgerLost", rig.Log("havm-warden.log"));
        Assert.Equal(
            "floorsUnknown",
            (await rig.AskAsync(GateVerb.Permit, "web", 1, IsolationPolicy.Stop)).Reason!.Code);
    }

    [Theory]
    [InlineData("node", "Bad Name", "node: 'Bad Name' is no legal name")]
    [InlineData("controllers", "nowhere", "controllers: has a value of the wrong kind (line 1,")]
    [InlineData("cgroup", "relative/path", "cgroup: 'relative/path' is no absolute path")]
    [InlineData("colour", "blue", "colour")]
    [InlineData("bootIdFile", "/nonexistent/boot", "bootIdFile: /nonexistent/boot cannot be read")]
    public async Task A_bad_configuration_is_one_clear_error_and_exit_code_2(
        string field, string value, string expected)
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.WriteConfig(config => config[field] = value);

        var process = rig.StartWarden();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        await Until.TrueAsync(
            "the error is told", () => rig.Log("havm-warden.log").Contains(expected, StringComparison.Ordinal));
        Assert.Single(rig.Log("havm-warden.log").TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Lease_terms_that_break_the_inequality_are_refused_with_the_smallest_legal_value()
    {
        await using var rig = await NodeRig.MakeAsync();
        rig.WriteConfig(config => config["lease"] = new JsonObject { ["begin"] = "00:00:09" });

        var process = rig.StartWarden();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        await Until.TrueAsync(
            "it is told", () => rig.Log("havm-warden.log").Contains("at least 9.1 s", StringComparison.Ordinal));
    }
}
