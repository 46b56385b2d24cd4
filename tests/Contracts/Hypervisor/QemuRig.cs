using System.Diagnostics;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Accelerator;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Network;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;

namespace Havm.Contracts.Hypervisor;

/// <summary>Two nodes of real QEMU processes over directories of this machine; needs root.</summary>
public sealed class QemuRig : IHypervisorRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static int _count;

    private readonly string _root = $"/tmp/hvq-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    private readonly string _cgroup;
    private readonly Node _first;
    private readonly Node _second;

    /// <param name="evidenceBytes">What evidence may take on each node.</param>
    public QemuRig(long evidenceBytes = Bytes.Mebi)
    {
        Directory.CreateDirectory($"{_root}/store");
        Directory.CreateDirectory($"{_root}/full");
        Run("mount", "-t", "tmpfs", "-o", "size=64k", "havm-test", $"{_root}/full");
        _cgroup = Path.Join(CgroupMount.Find(), Path.GetFileName(_root));
        _first = new Node(this, "a", evidenceBytes);
        _second = new Node(this, "b", evidenceBytes);
    }

    public IMachineNode First => _first;

    public IMachineNode Second => _second;

    /// <summary>Directory of the datastore with room.</summary>
    public string StorePath => $"{_root}/store";

    /// <summary>Settings of the first node; for tests that look below the port.</summary>
    public QemuSettings Settings => _first.Settings;

    public Task PutAsync(FileOnDatastore file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        Run("qemu-img", "create", "-q", "-f", "qcow2", PathOf(file), "8M");
        return Task.CompletedTask;
    }

    public bool Exists(FileOnDatastore file) => File.Exists(PathOf(file));

    public Task ScribbleAsync(FileOnDatastore file)
    {
        Run("qemu-io", "-f", "qcow2", "-c", "write -P 90 0 64k", PathOf(file));
        return Task.CompletedTask;
    }

    public async Task<bool> IsBlankAsync(FileOnDatastore file)
    {
        var read = await ShortCommand.RunAsync(
            "qemu-io", ["-f", "qcow2", "-c", "read -P 0 0 64k", PathOf(file)], "", Patience, CancellationToken.None);
        return read.Succeeded;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in (Node[])[_first, _second])
        {
            await node.EndAllAsync();
        }

        if (Directory.Exists(_cgroup))
        {
            Directory.Delete(_cgroup);
        }

        Run("umount", $"{_root}/full");
        Directory.Delete(_root, recursive: true);
    }

    private string PathOf(FileOnDatastore file) => Path.Join(_root, file.Datastore, file.Path);

    private static void Run(string program, params string[] arguments)
    {
        var command = Task.Run(
            () => ShortCommand.RunAsync(program, arguments, "", Patience, CancellationToken.None));
        var result = command.GetAwaiter().GetResult();
        Assert.True(result.Succeeded, $"{program} {string.Join(' ', arguments)}: {result.Error}");
    }

    private sealed class Node : IMachineNode
    {
        private readonly string _cgroup;
        private readonly MachineCgroups _cgroups;
        private bool _isHidden;

        public Node(QemuRig rig, string name, long evidenceBytes)
        {
            _cgroup = Path.Join(rig._cgroup, name);
            _cgroups = new MachineCgroups(_cgroup);
            Settings = new QemuSettings
            {
                RunDirectory = $"{rig._root}/{name}/vm",
                EvidenceDirectory = $"{rig._root}/{name}/evidence",
                EvidenceBytes = evidenceBytes,
                Datastores = new Dictionary<string, string>
                {
                    [IHypervisorRig.Store] = $"{rig._root}/store",
                    [IHypervisorRig.Full] = $"{rig._root}/full",
                },
                Accelerator = AcceleratorKind.Tcg,
                BeatPeriod = TimeSpan.FromSeconds(0.5),
                MonitorTimeout = TimeSpan.FromSeconds(3),
                StartTimeout = TimeSpan.FromSeconds(60),
            };
            Switch = new QmpVcpuSwitch(TimeSpan.FromSeconds(3));
        }

        public QemuSettings Settings { get; }

        public IMachineCgroups Cgroups => _cgroups;

        public IVcpuSwitch Switch { get; }

        public IHypervisor NewLife() => new QemuHypervisor(
            Settings,
            new OwnSessionSupervisor(),
            _isHidden ? new HiddenCgroups() : _cgroups,
            new BridgeNetwork("havm-none", Patience));

        public void HideCgroups() => _isHidden = true;

        public void Kill(int pid) => Signal(pid, "KILL");

        public void Freeze(int pid) => Signal(pid, "STOP");

        public bool IsAlive(int pid) =>
            File.Exists($"/proc/{pid}/stat")
            && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

        public void LoseSeat(InstanceName instance) => File.Delete($"{Settings.RunDirectory}/{instance}/seat.json");

        public async Task EndAllAsync()
        {
            foreach (var instance in _cgroups.Populated().Keys)
            {
                Assert.True(await _cgroups.EndAsync(instance, Patience, CancellationToken.None));
            }

            if (Directory.Exists(_cgroup))
            {
                foreach (string group in Directory.GetDirectories(_cgroup))
                {
                    Directory.Delete(group);
                }

                Directory.Delete(_cgroup);
            }
        }

        private static void Signal(int pid, string signal)
        {
            using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
            kill.WaitForExit();
        }
    }

    private sealed class HiddenCgroups : IMachineCgroups
    {
        public string Make(InstanceName instance) => throw new IOException("hidden");

        public IReadOnlyDictionary<InstanceName, IReadOnlyList<int>> Populated() => throw new IOException("hidden");

        public Task<bool> EndAsync(InstanceName instance, TimeSpan timeout, CancellationToken cancel) =>
            throw new IOException("hidden");

        public void Remove(InstanceName instance) => throw new IOException("hidden");
    }
}
