using System.Text.Json;
using System.Text.Json.Nodes;

namespace Havm.Cli.Tests.Doctor;

/// <summary>The verb as a person runs it.</summary>
public sealed class DoctorVerbTests : IDisposable
{
    private readonly TestSite test = new();

    public void Dispose() => test.Dispose();

    private string Node(string more = "") => test.Plant("node.json", $$"""
        {"cluster": "c1", "node": "n1", "rack": "r1", "controllers": ["127.0.0.1:9"], "stateDir": "{{test.Home}}/state",
         "runDir": "{{test.Home}}/run", "datastores": {"shared": "{{test.Folder("store")}}"},
         "cgroup": "/sys/fs/cgroup/unified/{{Path.GetFileName(test.Home)}}"{{more}}}
        """);

    [Fact]
    public async Task Every_finding_is_in_the_document_with_its_remedy()
    {
        Run run = await Executable.RunAsync("/nowhere", "doctor", "--config", Node(), "-o", "json");

        JsonArray checks = JsonNode.Parse(run.Out)!["checks"]!.AsArray();
        string[] names = [.. checks.Select(check => $"{check!["check"]}").Distinct()];
        Assert.Equal(
            ["accelerator", "cgroup", "clock", "datastore", "identity", "watchdog", "network", "space", "program",
                "limit", "memory", "sensors"],
            names);
        Assert.All(
            checks.Where(check => $"{check!["result"]}" != "skipped"),
            check => Assert.Equal($"{check!["result"]}" == "ok", $"{check["remedy"]}".Length == 0));
        Assert.Equal(checks.Any(check => $"{check!["result"]}" == "fail") ? 1 : 0, run.Exit);
    }

    [Fact]
    public async Task One_failure_ends_with_1_and_names_the_remedy()
    {
        Run run = await Executable.RunAsync(
            "/nowhere", "doctor", "--config", Node(""", "bridge": "absent0" """));

        Assert.Equal(1, run.Exit);
        Assert.Contains("fail network bridge: ip link add absent0 type bridge", run.Out);
    }

    [Fact]
    public async Task A_controllers_configuration_is_told_from_a_nodes_and_bmcs_come_from_the_objects()
    {
        string config = test.Plant("controller.json", $$"""
            {"cluster": "c1", "listen": "http://127.0.0.1:17943",
             "stateDir": "{{test.Home}}/s", "runDir": "{{test.Home}}/r"}
            """);
        string objects = test.Plant("objects.yaml", """
            apiVersion: havm/v1
            kind: Node
            metadata: {name: n1}
            spec: {rack: r1, cpus: 8, memory: 16GiB}
            """);

        Run run = await Executable.RunAsync("/nowhere", "doctor", "--config", config, "-f", objects);

        Assert.Equal(0, run.Exit);
        Assert.Contains("controller of cluster c1", run.Out);
        Assert.Contains("give Node/n1 a bmc", run.Out);
    }

    [Fact]
    public async Task The_table_fits_the_terminal()
    {
        Run run = await Executable.RunAsync("/nowhere", "", 80, "doctor", "--config", Node());

        Assert.All(run.Lines, line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("""{"cluster": "c1"}""")]
    [InlineData("no JSON")]
    [InlineData("""{"listen": "http://127.0.0.1:1"}""")]
    public async Task A_configuration_that_cannot_be_used_is_bad_input(string content)
    {
        Run run = await Executable.RunAsync("/nowhere", "doctor", "--config", test.Plant("bad.json", content));

        Assert.Equal(2, run.Exit);
        Assert.Contains("remedy:", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task A_second_path_without_a_name_is_bad_input()
    {
        Run run = await Executable.RunAsync("/nowhere", "doctor", "--config", Node(), "--second-path", "/mnt/x");

        Assert.Equal(2, run.Exit);
        Assert.Contains("is no NAME=PATH", run.Error);
    }
}
