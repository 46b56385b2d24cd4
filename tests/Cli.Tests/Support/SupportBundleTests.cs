using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Havm.Cli.Tests.Doctor;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Http;

namespace Havm.Cli.Tests.Support;

/// <summary>The verb as a person runs it, on a site full of planted secrets.</summary>
public sealed class SupportBundleTests : IDisposable
{
    private static readonly string[] Secrets =
        ["bmc-pass-4711", "guest-pass-0815", "log-token-99x", "disk-key-55y", "recorded-pass-1z"];

    private readonly TestSite test = new();

    public void Dispose() => test.Dispose();

    private string Bundle => Path.Join(test.Home, "bundle.tar.gz");

    /// <summary>A node and a controller on one machine; the recording and the logs hold what they should not.</summary>
    private (string Node, string Controller) Plant()
    {
        test.Plant("etc/bmc/n1", $"admin:{Secrets[0]}\n");
        test.Plant("run/vm/web-0/qemu.log", $"""
            machine web-0 marker-of-qemu
            the BMC was asked as admin:{Secrets[0]}
            guest said {Secrets[1]}
            token={Secrets[2]}
            -----BEGIN PRIVATE KEY-----
            {Secrets[3]}
            -----END PRIVATE KEY-----

            """);
        test.Plant("state/recording/00000001.jsonl",
            """{"marker-of-recording": 1, "application": {"environment": {"DB_PASSWORD": "SECRET"}}}"""
                .Replace("SECRET", Secrets[4], StringComparison.Ordinal) + "\n");
        test.Plant("state/warden/ledger.json", """{"marker-of-ledger": true}""");
        string node = test.Plant("etc/node.json", $$"""
            {"cluster": "c1", "node": "n1", "rack": "r1", "controllers": ["127.0.0.1:9"],
             "stateDir": "{{test.Home}}/state", "runDir": "{{test.Home}}/run", "cgroup": "/sys/fs/cgroup/unified/x"}
            """);
        string controller = test.Plant("etc/controller.json", $$"""
            {"cluster": "c1", "listen": "http://127.0.0.1:17944", // marker-of-comment
             "stateDir": "{{test.Home}}/state", "runDir": "{{test.Home}}/run"}
            """);
        return (node, controller);
    }

    private static FakeController Answering(FakeController fake)
    {
        foreach (string path in new[] { "nodes", "instances", "events", "snapshot" })
        {
            fake.Answer($"GET /v1/{path}", context => context.Response.WriteAsync($"{{\"marker-of-{path}\":1}}\n"));
        }

        foreach (string kind in Havm.Specs.SpecSchema.Kinds)
        {
            fake.Answer($"GET /v1/objects/{kind}", context => context.Response.WriteAsync(
                kind == "VirtualMachine"
                    ? """{"items": [{"spec": {"environment": {"DB_PASSWORD": "SECRET"}}}]}"""
                        .Replace("SECRET", Secrets[1], StringComparison.Ordinal)
                    : """{"items": []}"""));
        }

        return fake.Answer("GET /v1/status", Samples.Status, ApiJson.Default.ClusterStatusView)
            .Answer("GET /v1/incidents", context => context.Response.WriteAsync("""{"marker-of-incidents":1}"""));
    }

    private Dictionary<string, string> Read()
    {
        var files = new Dictionary<string, string>();
        using var tar = new TarReader(new GZipStream(File.OpenRead(Bundle), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null, Encoding.UTF8);
            files[entry.Name["bundle/".Length..]] = reader.ReadToEnd();
        }

        return files;
    }

    [Fact]
    public async Task No_planted_secret_is_in_it_and_all_that_is_none_is()
    {
        (string node, string config) = Plant();
        await using FakeController controller = Answering(await FakeController.StartAsync());

        Run run = await Executable.RunAsync(
            controller.Socket, "support-bundle", "--config", node, "--config", config, "-f", Bundle);

        Assert.Equal(0, run.Exit);
        Dictionary<string, string> files = Read();
        string all = string.Concat(files.Values);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, all));
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Secrets[0]}")), all);
        foreach (string marker in new[]
        {
            "qemu", "recording", "ledger", "nodes", "instances", "events", "snapshot", "incidents",
        })
        {
            Assert.Contains($"marker-of-{marker}", all);
        }

        Assert.Contains("Linux", files["about.txt"]);
        Assert.Contains("\"check\":\"clock\"", files["doctor.json"]);
        Assert.Contains("MemTotal", files["system/proc/meminfo"]);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Bundle));
    }

    [Fact]
    public async Task What_is_listed_is_what_is_in_it_and_a_dry_run_writes_nothing()
    {
        (string node, string config) = Plant();

        Run dry = await Executable.RunAsync(
            "/nowhere", "support-bundle", "--config", node, "--config", config, "-f", Bundle, "--dry-run");
        Assert.Equal((0, false), (dry.Exit, File.Exists(Bundle)));

        Run run = await Executable.RunAsync(
            "/nowhere", "support-bundle", "--config", node, "--config", config, "-f", Bundle);
        string[] listed = [.. run.Lines[1..^2].Select(line => line.Split(' ')[0])];
        Assert.Equal(Read().Keys.Order(), listed.Append("contents.txt").Order());
        Assert.Contains("secrets were taken out in", run.Out);
    }

    [Fact]
    public async Task Without_a_controller_the_rest_is_gathered_and_the_reason_told()
    {
        (string node, _) = Plant();

        Run run = await Executable.RunAsync("/nowhere/havm.sock", "support-bundle", "--config", node, "-f", Bundle);

        Assert.Equal(0, run.Exit);
        Dictionary<string, string> files = Read();
        Assert.Contains("no controller is running", files["controller/unreachable.txt"]);
        Assert.Contains("marker-of-qemu", files["node/qemu/web-0.log"]);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_and_a_recording_too_large_hold_nothing_up()
    {
        string node = test.Plant("etc/node.json", "no JSON");
        string config = test.Plant("etc/controller.json", $$"""
            {"cluster": "c1", "stateDir": "{{test.Home}}/state"}
            """);
        test.Plant("state/recording/00000001.jsonl", new string('x', 3 << 20));

        Run run = await Executable.RunAsync(
            "/nowhere", "support-bundle", "--config", node, "--config", config, "-f", Bundle, "--max-size", "1");

        Assert.Equal(0, run.Exit);
        Dictionary<string, string> files = Read();
        Assert.Contains("is no JSON", files["doctor.txt"]);
        Assert.Contains("recording/00000001.jsonl", files["contents.txt"]);
        Assert.DoesNotContain("recording/00000001.jsonl", files.Keys);
        Assert.True(new FileInfo(Bundle).Length < 1 << 20);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over()
    {
        File.WriteAllText(Bundle, "mine");

        Run run = await Executable.RunAsync("/nowhere", "support-bundle", "--config", "/nowhere", "-f", Bundle);

        Assert.Equal((1, "mine"), (run.Exit, File.ReadAllText(Bundle)));
        Assert.Contains("name a new file", run.Error);
    }
}
