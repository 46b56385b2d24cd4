using System.Net;
using System.Net.Sockets;
using Havm.Cli.Doctor;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Accelerator;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Runtime.Node;
using Havm.Runtime.Processes;
using Havm.Runtime.Time;

namespace Havm.Cli.Tests.Doctor;

/// <summary>What makes a machine fit to be a node, each as it should be and as it should not.</summary>
public sealed class NodeCheckTests : IDisposable
{
    private readonly TestSite test = new();

    public void Dispose() => test.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_guest_really_runs_here_and_without_its_program_none_does()
    {
        Finding here = Assert.Single(await new AcceleratorCheck().LookAsync(test.Node(test.Config), Cancel));
        Assert.Contains(here.Verdict, new[] { Verdict.Ok, Verdict.Warn });

        Finding absent = Assert.Single(
            await new AcceleratorCheck("qemu-absent").LookAsync(test.Node(test.Config), Cancel));
        Assert.Equal((Verdict.Fail, "no guest runs"), (absent.Verdict, absent.Reason));
    }

    [Theory]
    [InlineData(AcceleratorKind.Kvm, "auto", "Ok")]
    [InlineData(AcceleratorKind.Kvm, "tcg", "Warn")]
    [InlineData(AcceleratorKind.Tcg, "auto", "Warn")]
    [InlineData(AcceleratorKind.Tcg, "tcg", "Ok")]
    [InlineData(AcceleratorKind.Tcg, "kvm", "Fail")]
    [InlineData(null, "auto", "Fail")]
    public void The_accelerator_is_held_against_what_is_configured(AcceleratorKind? found, string told, string verdict)
    {
        Finding finding = AcceleratorCheck.Judge(new AcceleratorTrial(found, "no kvm", "no tcg"), told, "qemu");

        Assert.Equal(verdict, finding.Verdict.ToString());
        Assert.Equal(verdict == "Ok", finding.Remedy.Length == 0);
    }

    [Fact]
    public async Task A_process_in_the_nodes_cgroup_is_killed_with_it_and_nothing_is_left()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "cgroups take root");
        string cgroup = Path.Join(CgroupMount.Find(), Path.GetFileName(test.Home));

        Finding found = (await new CgroupCheck().LookAsync(test.Node(test.Config with { Cgroup = cgroup }), Cancel))[0];

        Assert.Equal((Verdict.Ok, cgroup), (found.Verdict, found.Evidence));
        Assert.False(Directory.Exists(cgroup));
    }

    [Fact]
    public async Task A_cgroup_below_which_no_directory_can_be_made_fails()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "cgroups take root");
        string cgroup = Path.Join(CgroupMount.Find(), Path.GetFileName(test.Home));
        Directory.CreateDirectory(cgroup);
        File.WriteAllText(Path.Join(cgroup, "cgroup.max.descendants"), "0");
        try
        {
            Finding found = (await new CgroupCheck().LookAsync(
                test.Node(test.Config with { Cgroup = cgroup }), Cancel))[0];

            Assert.Equal((Verdict.Fail, "no process can be started in it"), (found.Verdict, found.Reason));
        }
        finally
        {
            Directory.Delete(cgroup);
        }
    }

    [Fact]
    public async Task A_cgroup_outside_the_tree_fails_and_so_does_a_machine_without_one()
    {
        Finding outside = Assert.Single(await new CgroupCheck().LookAsync(
            test.Node(test.Config with { Cgroup = "/elsewhere/havm" }), Cancel));
        Assert.Contains("is not below", outside.Reason);

        test.Plant("proc/self/mounts", "cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n");
        Finding none = Assert.Single(await new CgroupCheck().LookAsync(
            test.Node(test.Config) with { Root = test.Home }, Cancel));
        Assert.Equal((Verdict.Fail, "no cgroup v2 tree is mounted"), (none.Verdict, none.Reason));
    }

    [Theory]
    [InlineData("cpuset cpu io memory pids", Verdict.Ok)]
    [InlineData("hugetlb", Verdict.Warn)]
    [InlineData("", Verdict.Warn)]
    internal void Cgroups_that_account_neither_cpu_nor_memory_are_told(string controllers, Verdict verdict) =>
        Assert.Equal(verdict, CgroupCheck.Judge(controllers).Verdict);

    [Fact]
    public void The_clocks_of_this_machine_are_read()
    {
        var clock = KernelClock.Read();

        Assert.InRange(clock.Rate, -0.01, 0.01);
        Assert.True(clock.Slept >= TimeSpan.FromMilliseconds(-1));
    }

    [Theory]
    [InlineData(true, 0.01, 0, 0, "Ok Ok Ok")]
    [InlineData(false, 16, 0, 0, "Warn Ok Ok")]
    [InlineData(true, 3, 0, 0, "Warn Ok Ok")]
    [InlineData(true, 0.01, 0.02, 0, "Ok Fail Ok")]
    [InlineData(true, 0.01, -0.02, 0, "Ok Fail Ok")]
    [InlineData(true, 0.01, 0, 90, "Ok Ok Warn")]
    public void Clocks_that_leases_cannot_be_built_on_are_told(
        bool synchronized, double worstError, double rate, double slept, string verdicts)
    {
        var clock = new KernelClock(
            TimeSpan.FromSeconds(slept), synchronized, TimeSpan.FromSeconds(worstError), rate);

        Assert.Equal(verdicts, string.Join(' ', new[]
        {
            ClockCheck.Sync(clock, ["chronyd"]), ClockCheck.Pace(clock), ClockCheck.Sleep(clock),
        }.Select(finding => finding.Verdict)));
    }

    [Theory]
    [InlineData("tsc", Verdict.Ok)]
    [InlineData("kvm-clock", Verdict.Ok)]
    [InlineData("hpet", Verdict.Warn)]
    [InlineData("jiffies", Verdict.Fail)]
    [InlineData("", Verdict.Skipped)]
    internal void A_clock_source_that_loses_time_is_told(string source, Verdict verdict) =>
        Assert.Equal(verdict, ClockCheck.Source(source).Verdict);

    [Fact]
    public async Task A_controller_that_answers_and_one_that_does_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var at = (IPEndPoint)listener.LocalEndpoint;

        Finding answers = (await new NetworkCheck().LookAsync(test.Node(test.Config, at), Cancel))[0];
        listener.Stop();
        Finding silent = (await new NetworkCheck().LookAsync(test.Node(test.Config, at), Cancel))[0];

        Assert.Equal((Verdict.Ok, Verdict.Warn), (answers.Verdict, silent.Verdict));
        Assert.Contains($"UDP {at.Port + 1}", silent.Remedy);
    }

    [Fact]
    public async Task A_bridge_that_is_there_one_that_is_down_and_one_that_is_missing()
    {
        test.Plant("sys/class/net/br0/bridge/bridge_id", "1");
        test.Plant("sys/class/net/br0/operstate", "up\n");
        test.Plant("sys/class/net/br1/bridge/bridge_id", "2");
        test.Plant("sys/class/net/br1/operstate", "down\n");

        Assert.Equal(Verdict.Ok, (await BridgeAsync("br0")).Verdict);
        Assert.Equal(Verdict.Warn, (await BridgeAsync("br1")).Verdict);
        Assert.Equal(Verdict.Fail, (await BridgeAsync("br2")).Verdict);
        Assert.Equal("none is configured: instances have no network here", (await BridgeAsync(null)).Reason);
    }

    private async Task<Finding> BridgeAsync(string? bridge) => (await new NetworkCheck().LookAsync(
        test.Node(test.Config with { Bridge = bridge }) with { Root = test.Home }, Cancel))[^1];

    [Fact]
    public async Task The_programs_of_this_machine_are_found()
    {
        IReadOnlyList<Finding> found = await new ProgramCheck().LookAsync(
            test.Node(test.Config with { Bridge = "br0" }), Cancel);

        Assert.Equal(["qemu", "qemu-img", "ip"], found.Select(finding => finding.About));
        Assert.DoesNotContain(found, finding => finding.Verdict == Verdict.Fail);
    }

    [Theory]
    [InlineData(0, "QEMU emulator version 7.2.22 (Debian 1:7.2)", Verdict.Ok)]
    [InlineData(0, "QEMU emulator version 10.0.2", Verdict.Ok)]
    [InlineData(0, "QEMU emulator version 5.2.0", Verdict.Warn)]
    [InlineData(0, "something else", Verdict.Warn)]
    [InlineData(-1, "", Verdict.Fail)]
    internal void An_old_qemu_and_a_missing_one_are_told(int code, string output, Verdict verdict)
    {
        Assert.Equal(verdict, ProgramCheck.Qemu(new ShortCommandResult(code, output, "cannot be executed")).Verdict);
        Assert.Equal(code == 0 ? Verdict.Ok : Verdict.Fail,
            ProgramCheck.There("ip", "iproute2", new ShortCommandResult(code, output, "cannot be executed")).Verdict);
    }

    [Fact]
    public async Task Limits_are_those_of_the_processes_that_run_else_of_this_shell()
    {
        test.Plant("proc/self/limits", Limits("1048576", "unlimited"));
        Site site = test.Node(test.Config) with { Root = test.Home };
        IReadOnlyList<Finding> shell = await new LimitCheck().LookAsync(site, Cancel);
        Assert.Equal(["this shell files Ok", "this shell memlock Ok"], shell.Select(f => $"{f.About} {f.Verdict}"));

        test.Plant("proc/77/comm", "havm-agent\n");
        test.Plant("proc/77/limits", Limits("1024", "65536"));
        IReadOnlyList<Finding> agent = await new LimitCheck().LookAsync(site, Cancel);
        Assert.Equal(
            ["havm-agent 77 files Warn 1024", "havm-agent 77 memlock Warn 65536"],
            agent.Select(f => $"{f.About} {f.Verdict} {f.Evidence}"));
    }

    private static string Limits(string files, string memlock) => $"""
        Limit                     Soft Limit           Hard Limit           Units
        Max open files            1024                 {files}              files
        Max locked memory         65536                {memlock}            bytes
        """;
}
