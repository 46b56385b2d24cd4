using System.Text;
using System.Text.Json;
using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.State;
using Havm.Simulator.World;
using Microsoft.AspNetCore.Http;

namespace Havm.Cli.Tests;

/// <summary>`havm snapshot` and `havm simulate --from` as a person or a script sees them.</summary>
public sealed class WhatIfVerbTests : IDisposable
{
    private const string Nowhere = "/nowhere/havm.sock";

    private readonly string _folder = Directory.CreateTempSubdirectory("havm-what-if-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_snapshot_is_written_as_the_controller_gave_it()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/snapshot", context => context.Response.WriteAsync("{\"format\":\"x\"}"));
        string file = Path.Combine(_folder, "s.json");

        Run saved = await Executable.RunAsync(controller.Socket, "snapshot", "-f", file);
        Run shown = await Executable.RunAsync(controller.Socket, "snapshot");
        Run nowhere = await Executable.RunAsync(controller.Socket, "snapshot", "-f", "/no/such/folder/s.json");

        Assert.Equal((0, ""), (saved.Exit, saved.Error));
        Assert.Equal("{\"format\":\"x\"}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal((0, "{\"format\":\"x\"}\n"), (shown.Exit, shown.Out));
        Assert.Equal(1, nowhere.Exit);
        Assert.Contains("name a writable file", nowhere.Error);
        Assert.Equal(3, (await Executable.RunAsync(Nowhere, "snapshot")).Exit);
    }

    [Fact]
    public async Task What_would_happen_is_told_without_a_controller_as_a_table_and_as_json_and_as_a_page()
    {
        string saved = Saved();
        string page = Path.Combine(_folder, "out.html");

        Run table = await Executable.RunAsync(
            Nowhere, "simulate", "--from", saved, "--do", "power-off n1", "--report", page);
        Run json = await Executable.RunAsync(
            Nowhere, "simulate", "--from", saved, "--do", "power-off n1", "-o", "json");

        Assert.Equal((0, ""), (table.Exit, table.Error));
        Assert.Contains("shop, as it was 2026-05-04 03:02:01Z", table.Lines[0]);
        Assert.Contains("1 instance would run again", table.Out);
        Assert.Matches("web-1 +n1 .*on n2", table.Out);
        Assert.StartsWith("<!doctype html>", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
        using JsonDocument answer = JsonDocument.Parse(json.Out);
        JsonElement vm = Assert.Single(answer.RootElement.GetProperty("instances").EnumerateArray());
        Assert.Equal("n2", vm.GetProperty("on").GetString());
        Assert.True(vm.GetProperty("runningSeconds").GetDouble() > vm.GetProperty("placedSeconds").GetDouble());
        Assert.False(answer.RootElement.GetProperty("after").GetProperty("oneMoreNode").GetBoolean());
    }

    [Theory]
    [InlineData("--from SAVED", "--do: is missing")]
    [InlineData("--do power-off", "--from: is missing")]
    [InlineData("--from SAVED --do power-of", "did you mean \"power-off\"?")]
    [InlineData("--from SAVED --do {power-off:n9}", "the verb \"power-off:n9\" is not known")]
    [InlineData("--from SAVED --do power-off --after soon", "\"soon\", no time")]
    [InlineData("--from SAVED --do power-off --set liveness.lostAfter=6s", "under its cluster's own Policy")]
    [InlineData("--from /no/such --do power-off", "does not exist")]
    [InlineData("--from EMPTY --do power-off", "is no snapshot")]
    [InlineData("story.yaml --from SAVED --do power-off", "wants one thing to play")]
    [InlineData("", "wants one thing to play")]
    public async Task Wrong_use_ends_with_two_and_a_remedy(string command, string text)
    {
        string empty = Path.Combine(_folder, "empty.json");
        await File.WriteAllTextAsync(empty, "", TestContext.Current.CancellationToken);
        string saved = Saved();

        Run run = await Executable.RunAsync(Nowhere, ["simulate", .. command.Split(' ').Where(w => w.Length > 0).Select(
            word => word switch { "SAVED" => saved, "EMPTY" => empty, _ => word })]);

        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains(text, run.Error.Replace("\n  reason:", ":"));
    }

    private string Saved()
    {
        SpecObject[] objects =
        [
            Of("store", new DatastoreSpec()), Of("r1", new RackSpec()), Of("r2", new RackSpec()),
            Of("guest", new ImageSpec { Datastore = "store", Kernel = "k", Initrd = "i" }),
            Of("n1", Node("r1", "a")), Of("n2", Node("r2", "b")),
            Of("web-1", new VirtualMachineSpec
            {
                Template = new InstanceTemplate { Vcpus = 1, Memory = Bytes.GiB(1), Image = "guest" },
            }),
        ];
        var (ledger, errors) = Founding.Of(
            [.. objects],
            new Dictionary<InstanceName, NodeName> { [new InstanceName("web-1")] = new NodeName("n1") });
        Assert.Empty(errors);
        Ledger shop = ledger! with { ClusterName = "shop" };
        byte[] bytes = Snapshot.Write(
            new Cluster { Ledger = shop, Office = Office.Take(shop, new Epoch(3), "life", Instant.Origin) },
            "havm 1.2.3", new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero));
        string file = Path.Combine(_folder, "saved.json");
        File.WriteAllText(file, Encoding.UTF8.GetString(bytes));
        return file;
    }

    private static SpecObject Of(string name, Spec spec) => new(new Metadata { Name = name }, spec);

    private static NodeSpec Node(string rack, string uuid) => new()
    {
        Rack = new RackName(rack),
        Cpus = 4,
        Memory = Bytes.GiB(4),
        Bmc = new FenceMethod { Url = "https://bmc", SystemId = "1", Uuid = uuid, CredentialsFile = "bmc" },
    };
}
