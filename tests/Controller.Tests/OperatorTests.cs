using System.Text.Json;

namespace Havm.Controller.Tests;

/// <summary>What a person is told by a controller of a cluster whose one node was never heard.</summary>
public sealed class OperatorTests
{
    private const string Cluster = """
        {apiVersion: havm/v1, kind: Rack, metadata: {name: r1}, spec: {}}
        ---
        {apiVersion: havm/v1, kind: Datastore, metadata: {name: store}, spec: {}}
        ---
        {apiVersion: havm/v1, kind: Image, metadata: {name: small}, spec: {datastore: store, kernel: k, initrd: i}}
        ---
        {apiVersion: havm/v1, kind: Network, metadata: {name: lan}, spec: {cidr: 10.1.0.0/16}}
        ---
        {apiVersion: havm/v1, kind: Node, metadata: {name: n1}, spec: {rack: r1, cpus: 64, memory: 8GiB}}
        ---
        {apiVersion: havm/v1, kind: VirtualMachine, metadata: {name: db},
         spec: {vcpus: 1, memory: 64MiB, image: small, networks: [lan]}}
        ---
        apiVersion: havm/v1
        kind: Service
        metadata: {name: shop}
        spec:
          roles:
            - {name: web, type: web, instances: 11, vcpus: 1, memory: 64MiB, image: small, networks: [lan]}
        """;

    [Fact]
    public async Task Lists_are_in_the_order_of_numbers()
    {
        await using var rig = await ShopAsync();

        using var list = JsonDocument.Parse((await rig.HavmAsync("vm", "list", "-o", "json")).Output);

        Assert.Equal(
            ["db", .. Enumerable.Range(0, 11).Select(i => $"shop-web-{i}")],
            list.RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task What_waits_says_since_when_and_for_what_and_names_no_other_command_to_say_it()
    {
        await using var rig = await ShopAsync();

        using var told = JsonDocument.Parse((await rig.HavmAsync("vm", "explain", "db", "-o", "json")).Output);

        var wait = told.RootElement.GetProperty("waitingFor");
        Assert.Equal("no node can take it: up refuses 1 node", wait.GetProperty("message").GetString());
        Assert.True(wait.GetProperty("since").GetProperty("ageSeconds").GetDouble() > 0);
        Assert.DoesNotContain("explain", told.RootElement.GetProperty("reason").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("bmc: {driver: ipmi, address: '127.0.0.1:7', credentialsFile: /c}", "127.0.0.1 is a loopback")]
    [InlineData("bmc: {driver: fenceAgent, agent: fence_apc, parameters: {ip: localhost}}", "localhost is a loopback")]
    [InlineData("bmc: {driver: fenceAgent, agent: fence_nowhere}", "/usr/sbin/fence_nowhere is not installed")]
    [InlineData("bmc: {driver: fenceAgent, agent: fence_scsi}", "fence_scsi: it cuts a machine off")]
    [InlineData("bmc: {driver: fenceAgent, agent: fence_apc, parameters: {plg: '1'}}", "fence_apc knows no plg")]
    [InlineData(
        "fencing: [{driver: fenceAgent, agent: fence_apc}, "
            + "{driver: fenceAgent, agent: fence_scsi, parameters: {plg: n9}, datastores: [shared]}]",
        "spec.fencing[1].parameters")]
    public async Task A_method_that_cannot_work_on_this_machine_is_refused_when_it_is_applied(string way, string why)
    {
        await using var rig = await ShopAsync();
        var node = rig.Write(
            "apiVersion: havm/v1\nkind: Node\nmetadata: {name: n9}\n"
            + $"spec: {{rack: r1, cpus: 1, memory: 1GiB, {way}}}\n");

        var refused = await rig.HavmAsync("apply", "-f", node);

        Assert.NotEqual(0, refused.Exit);
        Assert.Contains(why, refused.Output + refused.Error);
    }

    [Fact]
    public async Task The_state_is_saved_and_played_without_the_controller()
    {
        await using var rig = await ShopAsync();
        var file = Path.Join(rig.Home, "saved.json");

        var saved = await rig.HavmAsync("snapshot", "-f", file);
        var played = await rig.HavmAsync("simulate", "--from", file, "--do", "power-on n1", "-o", "json");

        Assert.Equal((0, ""), (saved.Exit, saved.Error));
        Assert.True(played.Exit == 0, played.Output + played.Error);
        using var answer = JsonDocument.Parse(played.Output);
        Assert.Equal("test", answer.RootElement.GetProperty("cluster").GetString());
        var vms = answer.RootElement.GetProperty("instances").EnumerateArray().ToList();
        Assert.Equal(12, vms.Count);
        Assert.All(vms, vm => Assert.Equal("n1", vm.GetProperty("on").GetString()));
    }

    [Fact]
    public async Task What_a_killed_controller_recorded_is_decided_again_alike_and_its_next_life_begins_a_new_file()
    {
        await using var rig = await ShopAsync();
        var recording = Path.Join(rig.State, "recording");
        rig.KillAll();
        await rig.StartAsync();
        Assert.Equal(0, (await rig.HavmAsync("node", "cordon", "n1")).Exit);

        // It still runs: the last line may be on its way.
        var replayed = await rig.HavmAsync("replay", recording, "-o", "json");

        Assert.Equal((0, ""), (replayed.Exit, replayed.Error));
        using var told = JsonDocument.Parse(replayed.Output);
        var files = told.RootElement.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(2, files.Count);
        Assert.All(files, file => Assert.Equal(0, file.GetProperty("differences").GetArrayLength()));
        Assert.True(files[0].GetProperty("steps").GetInt32() > 0);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Join(recording, "00000001.jsonl")));
        Assert.Equal(2, (await rig.HavmAsync("replay", rig.Home)).Exit);

        // What is on record is no longer what this version decides.
        var other = Path.Join(rig.Home, "other.jsonl");
        var text = await File.ReadAllTextAsync(
            Path.Join(recording, "00000001.jsonl"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            other, text.Replace("\"subject\":\"Node/n1\"", "\"subject\":\"Node/n2\""),
            TestContext.Current.CancellationToken);
        var differs = await rig.HavmAsync("replay", other);
        Assert.Equal(1, differs.Exit);
        Assert.Matches("then: +event 1?[0-9]+ nodeAdded Node/n2", differs.Output);
        Assert.Matches("now: +event 1?[0-9]+ nodeAdded Node/n1", differs.Output);
        Assert.Contains("told specsSubmitted", differs.Output);
    }

    [Fact]
    public async Task A_cordoned_node_is_seen_to_be_one_and_both_orders_say_what_they_do()
    {
        await using var rig = await ShopAsync();

        var cordoned = await rig.HavmAsync("node", "cordon", "n1");
        Assert.Equal("Node/n1: gets no new instances; those on it stay\n", cordoned.Output);
        Assert.Contains("joining, cordoned", (await rig.HavmAsync("node", "list")).Output);
        Assert.Matches("Cordoned: +n1\n", (await rig.HavmAsync("status")).Output);

        Assert.Equal("Node/n1: may get instances again\n", (await rig.HavmAsync("node", "uncordon", "n1")).Output);
        Assert.DoesNotContain("cordoned", (await rig.HavmAsync("node", "list")).Output);
        Assert.Contains("nodeUncordoned Node/n1", (await rig.HavmAsync("event", "list")).Output);
    }

    [Fact]
    public async Task An_instance_that_is_taken_for_an_object_and_a_role_that_is_none_are_told_with_the_way_out()
    {
        await using var rig = await ShopAsync();

        foreach (var words in (string[][])[["get", "vm", "shop-web-0"], ["vm", "delete", "shop-web-0"]])
        {
            var absent = await rig.HavmAsync(words);
            Assert.Equal(1, absent.Exit);
            Assert.Contains("shop-web-0 is an instance of Service/shop, role web", absent.Error);
            Assert.Contains("`havm service scale shop web N`", absent.Error);
        }

        var role = await rig.HavmAsync("service", "scale", "shop", "front", "2");
        Assert.Equal(2, role.Exit);
        Assert.Contains("name one of: web", role.Error);
    }

    [Fact]
    public async Task Scaling_and_deleting_say_what_is_done_and_end_when_it_is()
    {
        await using var rig = await ShopAsync();

        var scaled = await rig.HavmAsync("service", "scale", "shop", "web", "2");
        Assert.Equal((0, "Service/shop: role web goes from 11 to 2 instances\n"), (scaled.Exit, scaled.Output));

        var deleted = await rig.HavmAsync("vm", "delete", "db", "--wait");
        Assert.Equal(0, deleted.Exit);
        Assert.Equal(
            "VirtualMachine/db removed: db is shut down, and gone once it is proven stopped\n", deleted.Output);
        Assert.Equal(1, (await rig.HavmAsync("vm", "show", "db")).Exit);
    }

    [Fact]
    public async Task Warnings_are_told_once_with_the_object_they_are_about()
    {
        await using var rig = await ShopAsync();
        var leased = rig.Write(Cluster.Replace("image: small", "image: small, isolation: powerOff"));

        var first = await rig.HavmAsync("apply", "-f", leased);
        var again = await rig.HavmAsync("apply", "-f", leased);

        Assert.Contains("warning: Service/shop: role web: isolation powerOff also acts", first.Error);
        Assert.Equal((0, ""), (again.Exit, again.Error));
    }

    [Fact]
    public async Task Giving_away_more_than_there_is_takes_a_policy_and_status_shows_the_risk()
    {
        await using var rig = await ShopAsync();
        var large = rig.Write(Cluster.Replace("memory: 64MiB, image", "memory: 64GiB, image"));
        var refused = await rig.HavmAsync("apply", "-f", large);
        Assert.Equal(2, refused.Exit);
        Assert.Contains("64 GiB fit on no node", refused.Error);

        var policy = await rig.HavmAsync("apply", "-f", rig.Write(
            "{apiVersion: havm/v1, kind: Policy, metadata: {name: default}, spec: {placement: {overcommit: true}}}"));
        var taken = await rig.HavmAsync("apply", "-f", large);

        Assert.Contains("warning: Policy/default: overcommit gives memory away", policy.Error);
        Assert.Equal(0, taken.Exit);
        Assert.Contains("beyond what nodes have", (await rig.HavmAsync("status")).Output);
    }

    [Fact]
    public async Task Who_is_busy_is_shown_with_its_end_and_what_releases_it()
    {
        const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries;
        await using var rig = await ShopAsync();

        var marked = await rig.HavmAsync("vm", "busy", "db", "--for", "30m", "--why", "backup");

        Assert.True(marked.Exit == 0, marked.Error);
        Assert.StartsWith("Instance/db: is busy (backup) until ", marked.Output);
        var shown = (await rig.HavmAsync("vm", "show", "db")).Output;
        Assert.Contains("Busy", shown);
        Assert.Contains("vm busy db --over", string.Join(' ', shown.Split((char[])[' ', '\n'], Words)));
        Assert.Contains("busyMarked", (await rig.HavmAsync("event", "list", "-o", "json")).Output);

        var over = await rig.HavmAsync("vm", "busy", "db", "--over");
        Assert.Equal("Instance/db: is not busy any more: its silence is judged again, and counted anew\n", over.Output);
        Assert.DoesNotContain("backup", (await rig.HavmAsync("vm", "show", "db")).Output);
    }

    [Theory]
    [InlineData("db", "25h", "1m to 24h")]
    [InlineData("db", "59s", "1m to 24h")]
    [InlineData("dc", "30m", "does not exist")]
    public async Task Who_cannot_be_marked_busy_is_told_why(string name, string time, string why)
    {
        await using var rig = await ShopAsync();

        var refused = await rig.HavmAsync("vm", "busy", name, "--for", time);

        Assert.NotEqual(0, refused.Exit);
        Assert.Contains(why, refused.Error);
    }

    private static async Task<ControllerRig> ShopAsync()
    {
        var rig = new ControllerRig();
        await rig.StartAsync();
        var applied = await rig.HavmAsync("apply", "-f", rig.Write(Cluster));
        Assert.True(applied.Exit == 0, applied.Error);
        return rig;
    }
}
