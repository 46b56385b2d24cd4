using System.Net.Sockets;

namespace Havm.Packages.Tests;

/// <summary>From the first installation to the purge.</summary>
public sealed class PackageTests(BuiltPackages packages)
{
    private static readonly string[] NodeUnits =
        ["havm-agent.service", "havm-warden.service", "havm-depart.service"];

    [Fact]
    public void Without_a_configuration_nothing_is_enabled_and_every_program_runs_where_it_is_installed()
    {
        using var root = new InstalledRoot();
        root.Sure(["-i", .. packages.All()]);

        Assert.All([.. NodeUnits, "havm-controller.service"], unit => Assert.False(root.IsEnabled(unit), unit));
        Assert.Contains("Runs virtual machines", Shell.Sure(root.Path("/usr/bin/havm"), "--help"));
        Assert.Contains("usage: havm-controller", Shell.Sure(root.Path("/usr/bin/havm-controller"), "--help"));
        Assert.Equal(2, Shell.Run(root.Path("/usr/bin/havm-agent")).Code);
        Assert.Contains("usage: havm-warden", Shell.Run(root.Path("/usr/bin/havm-warden")).Words);
        Assert.Contains("complete -o default -F _havm havm",
            File.ReadAllText(root.Path("/usr/share/bash-completion/completions/havm")));
    }

    [Fact]
    public void A_program_uses_the_runtime_of_its_package_and_none_other()
    {
        using var root = new InstalledRoot();
        root.Sure("-i", packages.Of("havm"));

        Ended alone = Shell.Run(root.Path("/usr/bin/havm"), "--help");

        Assert.NotEqual(0, alone.Code);
        Assert.Contains("/usr/lib/havm", alone.Words);
    }

    [Fact]
    public void With_a_configuration_its_units_are_enabled_and_removal_disables_them()
    {
        using var root = new InstalledRoot();
        root.Plant("/etc/havm/node.json", "{}");
        root.Sure(["-i", .. packages.All()]);
        Assert.All(NodeUnits, unit => Assert.True(root.IsEnabled(unit), unit));
        Assert.False(root.IsEnabled("havm-controller.service"));

        root.Sure("-r", "havm-node");

        Assert.All(NodeUnits, unit => Assert.False(root.IsEnabled(unit), unit));
        Assert.True(File.Exists(root.Path("/etc/havm/node.json")));
    }

    [Fact]
    public void An_upgrade_keeps_what_a_person_changed_and_what_a_person_switched_off()
    {
        using var root = new InstalledRoot();
        root.Sure(["-i", .. packages.All()]);
        string changed = root.Plant("/etc/default/havm-node", "DOTNET_gcServer=0\n");
        string config = root.Plant("/etc/havm/node.json", "{}");
        string state = root.Plant("/var/lib/havm/node/warden/ledger.json", "{}");

        root.Sure(["-i", .. packages.Upgrade()]);

        Assert.Equal("DOTNET_gcServer=0\n", File.ReadAllText(changed));
        Assert.EndsWith("# newer\n", File.ReadAllText(root.Path("/etc/default/havm-controller")));
        Assert.True(File.Exists(config) && File.Exists(state));
        Assert.All(NodeUnits, unit => Assert.False(root.IsEnabled(unit), unit));
        Assert.Contains(BuiltPackages.New, Shell.Sure("dpkg-query", $"--admindir={root.Path("/var/lib/dpkg")}", "-W"));
    }

    [Fact]
    public void A_purge_leaves_nothing()
    {
        using var root = new InstalledRoot();
        root.Sure(["-i", .. packages.All()]);
        root.Plant("/etc/havm/node.json", "{}");
        root.Plant("/etc/havm/controller.json", "{}");
        root.Plant("/etc/havm/bmc/n1", "user:password");
        root.Plant("/var/lib/havm/node/agent/goal.json", "{}");
        root.Plant("/var/lib/havm/havm.db", "");
        root.Plant("/var/lib/havm/havm.db-wal", "");
        root.Plant("/var/lib/havm/havm.lock", "");
        root.Plant("/var/lib/havm/recording/1", "");
        root.Plant("/run/havm/node/warden.lease", "");

        root.Sure("--purge", "havm-node", "havm-controller", "havm", "havm-runtime");

        Assert.DoesNotContain(root.Files(), file => file.Contains("havm", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_on_which_machines_run_is_not_removed()
    {
        using var root = new InstalledRoot();
        root.Sure(["-i", .. packages.All()]);
        root.Plant("/run/havm/node/vm/web-0/seat.json", "{}");
        string socket = root.Path("/run/havm/node/vm/web-0/qmp.sock");
        root.Plant("/proc/net/unix", $"0000: 00000002 00000000 00010000 0001 01 42 {socket}\n");
        using (var machine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            machine.Bind(new UnixDomainSocketEndPoint(socket));
            Ended refused = root.Dpkg("-r", "havm-node");

            Assert.NotEqual(0, refused.Code);
            Assert.Contains("machines run here: web-0", refused.Words);
            Assert.Contains("havm node drain NODE --wait", refused.Words);
            Assert.True(File.Exists(root.Path("/usr/bin/havm-warden")));
        }

        // It ended: its files stay behind, and hold nothing up.
        File.WriteAllText(root.Path("/proc/net/unix"), "");
        root.Sure("-r", "havm-node");
    }

    [Fact]
    public void Units_are_what_systemd_takes_and_a_restart_never_touches_machines()
    {
        using var root = new InstalledRoot();
        root.Sure(["-i", .. packages.All()]);
        string units = root.Path("/usr/lib/systemd/system");

        foreach (string unit in new[] { "havm-agent.service", "havm-warden.service" })
        {
            string text = File.ReadAllText($"{units}/{unit}");
            Assert.Contains("KillMode=process\n", text);
            Assert.Contains("Restart=always\n", text);
            Assert.Contains("StartLimitIntervalSec=0\n", text);
        }

        Assert.Contains("havm-warden depart", File.ReadAllText($"{units}/havm-depart.service"));
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        string[] own = [.. Directory.GetFiles(units).Select(Path.GetFileName).OfType<string>()];
        AddSystem(root, units);
        string[] verify = ["verify", "--man=no", $"--root={root.Home}", .. own];
        Assert.DoesNotContain("havm", Shell.Sure("systemd-analyze", verify));

        // What a unit gets wrong is really seen.
        File.AppendAllText($"{units}/havm-agent.service", "[Service]\nExecStart=/usr/bin/absent\n");
        Assert.Contains("more than one ExecStart", Shell.Run("systemd-analyze", verify).Words);
    }

    /// <summary>What systemd brings itself, and the shell of the machine.</summary>
    private static void AddSystem(InstalledRoot root, string units)
    {
        foreach (string target in Directory.GetFiles("/usr/lib/systemd/system", "*.target"))
        {
            File.Copy(target, Path.Join(units, Path.GetFileName(target)));
        }

        foreach (string program in new[] { "/bin/sh", "/bin/true" })
        {
            File.SetUnixFileMode(root.Plant(program, ""), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData("havm", "havm-runtime (= 1.0)")]
    [InlineData("havm-controller", "havm-runtime (= 1.0), havm (= 1.0)")]
    [InlineData("havm-node", "havm-runtime (= 1.0), havm (= 1.0), qemu-system-x86, qemu-utils, iproute2, systemd")]
    public void Packages_of_one_version_hold_together(string package, string needs) =>
        Assert.StartsWith(needs, Shell.Sure("dpkg-deb", "-f", packages.Of(package), "Depends"));
}
