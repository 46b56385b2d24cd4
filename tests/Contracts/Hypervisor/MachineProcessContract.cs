using System.Diagnostics;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.Host;

namespace Havm.Contracts.Hypervisor;

/// <summary>What supervisors and machine cgroups promise together: born inside, found there, ended whole.</summary>
public abstract class MachineProcessContract : IAsyncDisposable
{
    private static readonly InstanceName Vm = new("vm1");

    /// <summary>A program that runs until it is killed, with a child of its own where there are real ones.</summary>
    protected abstract IReadOnlyList<string> Endless { get; }

    protected abstract IProcessSupervisor Supervisor { get; }

    protected abstract IMachineCgroups Cgroups { get; }

    protected abstract string Log { get; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public abstract ValueTask DisposeAsync();

    protected abstract bool IsAlive(int pid);

    protected abstract void Freeze(int pid);

    [Fact]
    public async Task A_process_is_in_its_cgroup_as_soon_as_it_is_started()
    {
        int pid = await Supervisor.StartAsync(Cgroups.Make(Vm), Endless, Log, Cancel);

        var (instance, pids) = Assert.Single(Cgroups.Populated());
        Assert.Equal(Vm, instance);
        Assert.Contains(pid, pids);
        Assert.True(IsAlive(pid));
    }

    [Fact]
    public async Task Ending_a_cgroup_ends_all_of_it_even_when_frozen()
    {
        int pid = await Supervisor.StartAsync(Cgroups.Make(Vm), Endless, Log, Cancel);
        Freeze(pid);

        Assert.True(await Cgroups.EndAsync(Vm, TimeSpan.FromSeconds(20), Cancel));

        Assert.False(IsAlive(pid));
        Assert.Empty(Cgroups.Populated());
        Assert.True(await Cgroups.EndAsync(Vm, TimeSpan.FromSeconds(1), Cancel));
    }

    [Fact]
    public async Task Ending_one_cgroup_leaves_the_others_alone()
    {
        int first = await Supervisor.StartAsync(Cgroups.Make(Vm), Endless, Log, Cancel);
        int second = await Supervisor.StartAsync(Cgroups.Make(new InstanceName("vm2")), Endless, Log, Cancel);

        Assert.True(await Cgroups.EndAsync(Vm, TimeSpan.FromSeconds(20), Cancel));

        Assert.False(IsAlive(first));
        Assert.True(IsAlive(second));
    }

    [Fact]
    public async Task An_instance_without_a_cgroup_is_ended_already()
    {
        Assert.True(await Cgroups.EndAsync(Vm, TimeSpan.FromSeconds(1), Cancel));
        Cgroups.Remove(Vm);
        Assert.Equal(Cgroups.Make(Vm), Cgroups.Make(Vm));
        Assert.Empty(Cgroups.Populated());
        Cgroups.Remove(Vm);
    }

    [Fact]
    public async Task A_program_that_cannot_be_executed_is_told_and_leaves_nothing()
    {
        var thrown = await Assert.ThrowsAsync<MachineException>(
            () => Supervisor.StartAsync(Cgroups.Make(Vm), ["havm-no-such-program"], Log, Cancel));

        Assert.Equal(MachineTrouble.ProcessFailed, thrown.Trouble);
        Assert.Contains("havm-no-such-program", thrown.Message);
        Assert.Empty(Cgroups.Populated());
    }
}

/// <summary>The twins.</summary>
public sealed class SimulatedMachineProcessTests : MachineProcessContract
{
    private readonly SimulatedNode _node = new(new SimulatedDatastores());

    public SimulatedMachineProcessTests()
    {
        Supervisor = new SimulatedProcessSupervisor(_node, "endless");
        Cgroups = new SimulatedMachineCgroups(_node);
    }

    protected override IReadOnlyList<string> Endless => ["endless"];

    protected override IProcessSupervisor Supervisor { get; }

    protected override IMachineCgroups Cgroups { get; }

    protected override string Log => "/log";

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override bool IsAlive(int pid) => _node.Processes.Single(process => process.Pid == pid).IsAlive;

    protected override void Freeze(int pid) => _node.Processes.Single(process => process.Pid == pid).IsFrozen = true;
}

/// <summary>Real processes in real cgroups.</summary>
public abstract class RealMachineProcessTests : MachineProcessContract
{
    private readonly string _parent;
    private readonly MachineCgroups _cgroups;

    protected RealMachineProcessTests(string parentName, string prefix, string suffix)
    {
        _parent = Path.Join(CgroupMount.Find(), parentName);
        _cgroups = new MachineCgroups(_parent, prefix, suffix);
        Log = Path.GetTempFileName();
    }

    // The shell waits for a child, so that two processes have to go.
    protected override IReadOnlyList<string> Endless => ["/bin/sh", "-c", "echo hello; sleep 1000; true"];

    protected override IMachineCgroups Cgroups => _cgroups;

    protected override string Log { get; }

    public override async ValueTask DisposeAsync()
    {
        foreach (var instance in _cgroups.Populated().Keys)
        {
            Assert.True(await _cgroups.EndAsync(instance, TimeSpan.FromSeconds(20), CancellationToken.None));
        }

        if (Directory.Exists(_parent))
        {
            Array.ForEach(Directory.GetDirectories(_parent), Directory.Delete);
            Directory.Delete(_parent);
        }

        File.Delete(Log);
        GC.SuppressFinalize(this);
    }

    protected override bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat")
        && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    protected override void Freeze(int pid)
    {
        using var kill = Process.Start("kill", ["-STOP", $"{pid}"]);
        kill.WaitForExit();
    }
}

/// <summary>Without systemd.</summary>
public sealed class OwnSessionSupervisorTests()
    : RealMachineProcessTests($"hvp-{Guid.NewGuid():N}", "", "")
{
    protected override IProcessSupervisor Supervisor { get; } = new OwnSessionSupervisor();

    [Fact]
    public async Task A_process_leads_a_session_of_its_own_and_writes_to_its_log()
    {
        int pid = await Supervisor.StartAsync(Cgroups.Make(new InstanceName("vm1")), Endless, Log, Cancel);

        // Fields after the name: state, parent, group, session.
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        Assert.Equal(($"{pid}", $"{pid}"), (fields[2], fields[3]));
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(Log) == "hello\n", TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_cgroup_that_is_not_there_lets_nothing_start()
    {
        var thrown = await Assert.ThrowsAsync<MachineException>(
            () => Supervisor.StartAsync("/sys/fs/cgroup/havm-no-such-group", Endless, Log, Cancel));

        Assert.Equal(MachineTrouble.ProcessFailed, thrown.Trouble);
        Assert.DoesNotContain("hello", await File.ReadAllTextAsync(Log, Cancel));
    }

    [Fact]
    public void The_v2_tree_is_found_at_either_mount()
    {
        const string V1 = "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0";
        Assert.Equal(
            "/sys/fs/cgroup/unified", CgroupMount.Find([V1, "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0"]));
        Assert.Equal("/sys/fs/cgroup", CgroupMount.Find(["cgroup2 /sys/fs/cgroup cgroup2 rw 0 0"]));
        Assert.Null(CgroupMount.Find([V1]));
    }
}
