using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Havm.Packages.Tests;

/// <summary>
/// docs/site.md as it is written, from the packages to a rehearsed failure, with two nodes on one machine: programs
/// are started by the test instead of systemd, and a node's power cut is the end of all its processes at once.
/// </summary>
public sealed class SiteTests(BuiltPackages packages) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static readonly JsonDocumentOptions Form = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly InstalledRoot root = new();
    private readonly Dictionary<string, List<Process>> running = [];
    private readonly List<string> cgroups = [];

    [Fact]
    public void From_the_packages_to_a_first_machine_and_a_rehearsed_failure()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "machines' cgroups take root");
        root.Sure(["-i", .. packages.All()]);
        int port = FreePort();
        string controller = Configure("havm-controller", "controller.json", "controller", config =>
        {
            config["listen"] = $"http://127.0.0.1:{port}";
            config["stateDir"] = root.Path("/var/lib/havm");
            config["runDir"] = root.Path("/run/havm");
        });
        Directory.CreateDirectory(root.Path("/mnt/shared/images"));
        Shell.Sure("qemu-img", "create", "-q", "-f", "qcow2", root.Path("/mnt/shared/images/debian.qcow2"), "64M");
        string[] nodes = [Node("n1", "r1", port), Node("n2", "r2", port)];

        Start("controller", "havm-controller", controller);
        Until("the controller answers", () => Havm("status").Code == 0);
        Assert.Equal(0, Havm("doctor", "--config", controller, "-f", Objects).Code);
        Assert.All(nodes, node => Assert.Equal(0, Havm("doctor", "--config", node, "-f", Objects).Code));
        foreach (string node in nodes)
        {
            Start(Path.GetFileNameWithoutExtension(node), "havm-warden", node);
            Start(Path.GetFileNameWithoutExtension(node), "havm-agent", node);
        }

        Sure("apply", "-f", Objects, "--wait", "--timeout", "2m");
        (string home, string phase) = First();
        Assert.Equal("running", phase);
        string other = home == "n1" ? "n2" : "n1";

        CutPower(home);
        Until($"{home} is lost", () => $"{Show("node", "show", home)["phase"]}" == "lost");
        Assert.Equal((home, "down"), First());
        Assert.Contains("is not proven dead", Havm("vm", "explain", "first").Words);

        Until("a person's word is taken",
            () => Havm("node", "confirm-dead", home, "--boot-id", $"boot-of-{home}").Code == 0);
        Until($"first runs on {other}", () => First() == (other, "running"));

        Assert.Contains("confirm", Havm("incident", "list", "-o", "json").Words);
        Sure("support-bundle", "--config", controller, "-f", root.Path("/bundle.tar.gz"));
        Assert.Contains("controller/status.json", Shell.Sure("tar", "tzf", root.Path("/bundle.tar.gz")));
    }

    private string Objects => Path.Join(Golden.Repository(), "examples/site.yaml");

    private string Socket => root.Path("/run/havm/havm.sock");

    public void Dispose()
    {
        foreach (string owner in running.Keys)
        {
            CutPower(owner);
        }

        foreach (string cgroup in cgroups)
        {
            foreach (string inner in Directory.GetDirectories(cgroup, "*", SearchOption.AllDirectories)
                .OrderByDescending(path => path.Length))
            {
                Directory.Delete(inner);
            }

            Directory.Delete(cgroup);
        }

        root.Dispose();
    }

    private string Node(string name, string rack, int port)
    {
        string cgroup = Path.Join(CgroupTree(), Path.GetFileName(root.Home) + name);
        cgroups.Add(Directory.CreateDirectory(cgroup).FullName);
        return Configure("havm-node", "node.json", name, config =>
        {
            config["node"] = name;
            config["rack"] = rack;
            config["controllers"] = new JsonArray($"127.0.0.1:{port}");
            config["stateDir"] = root.Path($"/var/lib/havm/{name}");
            config["runDir"] = root.Path($"/run/{name}");
            config["datastores"] = new JsonObject { ["shared"] = root.Path("/mnt/shared") };
            config["cgroup"] = cgroup;
            config["bootIdFile"] = root.Plant($"/proc/{name}", $"boot-of-{name}\n");
            config["translationCacheMiB"] = 16;
            config.Remove("bridge");
            config.Remove("watchdog");
        });
    }

    /// <summary>The example of the package, changed as a person changes it.</summary>
    private string Configure(string package, string example, string name, Action<JsonObject> change)
    {
        string file = root.Path($"/usr/share/doc/{package}/examples/{example}");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file), documentOptions: Form)!.AsObject();
        change(config);
        return root.Plant($"/etc/havm/{name}.json", config.ToJsonString());
    }

    private void Start(string owner, string program, string config)
    {
        string log = root.Path($"/{owner}-{program}.log");
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", $"exec {root.Path($"/usr/bin/{program}")} --config {config} >>{log} 2>&1"]);
        start.Environment.Remove("DOTNET_ROOT");
        running.TryAdd(owner, []);
        running[owner].Add(Process.Start(start)!);
    }

    /// <summary>Everything of one machine ends at once: its programs, and what runs in its cgroup.</summary>
    private void CutPower(string owner)
    {
        foreach (Process process in running[owner].Where(process => !process.HasExited))
        {
            process.Kill();
            process.WaitForExit();
        }

        foreach (string kill in cgroups.Where(path => path.EndsWith(owner, StringComparison.Ordinal))
            .Select(path => Path.Join(path, "cgroup.kill")))
        {
            File.WriteAllText(kill, "1");
            string events = Path.Join(Path.GetDirectoryName(kill), "cgroup.events");
            Until("its cgroup is empty",
                () => File.ReadAllText(events).Contains("populated 0", StringComparison.Ordinal));
        }
    }

    private (string Node, string Phase) First()
    {
        JsonNode first = Show("vm", "show", "first");
        return ($"{first["node"]}", $"{first["phase"]}");
    }

    private JsonNode Show(params string[] words) => JsonNode.Parse(Sure([.. words, "-o", "json"]))!;

    private Ended Havm(params string[] words) =>
        Shell.Run(root.Path("/usr/bin/havm"), [.. words, "--socket", Socket]);

    private string Sure(params string[] words) =>
        Shell.Sure(root.Path("/usr/bin/havm"), [.. words, "--socket", Socket]);

    private static void Until(string what, Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"it did not come true that {what}");
        }
    }

    private static string CgroupTree() => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' ')).First(field => field[2] == "cgroup2")[1];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
