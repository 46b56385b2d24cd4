using System.Threading.Channels;
using Havm.Core.Host.Goals;
using Havm.Datastore;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Accelerator;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Model;
using Havm.Network;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Runtime.Time;
using Havm.Sensors;
using Havm.Transport.Http;

namespace Havm.HostAgent;

/// <summary>Composes the agent from its parts.</summary>
public static class AgentProcess
{
    private static readonly TimeSpan ToolTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs until cancelled. Throws IOException or MachineException when the node can run no machine at all.
    /// </summary>
    public static async Task RunAsync(CheckedConfig config, CancellationToken cancel)
    {
        var clock = new BootClock();
        var log = new DecisionLog(Console.Out, clock);
        string state = Path.Join(config.Config.StateDir, "agent");
        Directory.CreateDirectory(state);
        Directory.CreateDirectory(config.MachinesDir);
        var inbox = Channel.CreateUnbounded<HostInput>(new UnboundedChannelOptions { SingleReader = true });
        void Post(HostInput input) => inbox.Writer.TryWrite(input);

        var gate = new GateClient(config.GateSocket);
        await using var hypervisor = await MakeHypervisorAsync(config, state, cancel);
        var hands = new MachineHands(
            hypervisor, gate, instance => MachineFiles.Of(config.MachinesDir, instance).WardenSocket, log, Post);
        var file = new GoalFile(Path.Join(state, "goal.json"));
        var beats = new BeatSender(config, clock);
        var eyes = new NodeEyes(
            hypervisor, gate, config.Node,
            config.Config.Datastores.ToDictionary(
                store => store.Key, IDatastoreHeartbeats (store) => new DirectoryHeartbeats(store.Value)),
            config.Config.Bridge is { } bridge ? new ArpProbe(bridge) : new NoNetwork(), new EchoProbe(),
            clock, state, Post);
        var loop = new AgentLoop(
            MakeMachine(config, file, log), hands, gate, file, beats, eyes,
            new DoctorRun(config.Config.Doctor, config.File), clock, log, inbox.Reader, Post);

        List<INodeLink> links = [.. config.Controllers.Select(controller => new HttpNodeLink(controller))];
        var running = links.Zip(config.Controllers, (link, controller) => link.RunAsync(
            beats.Add(controller.ToString(), link, Post, log), cancel)).ToList();
        running.Add(eyes.RunAsync(cancel));
        using var sensors = new HostSensors(config.Config.SensorRoot);
        running.Add(SensorEyes.RunAsync(sensors, Post, cancel));
        var rehearsal = new Rehearsal(Path.Join(config.Config.RunDir, "rehearsal-agent"));
        _ = Task.Run(() => rehearsal.StartAsync(cancel), cancel);
        var first = await Task.WhenAny([loop.RunAsync(cancel), .. running]);
        await first;
        foreach (var link in links)
        {
            await link.DisposeAsync();
        }
    }

    private static HostMachine MakeMachine(CheckedConfig config, GoalFile file, DecisionLog log)
    {
        var ledger = file.Read(out var trouble);
        if (trouble is not null)
        {
            log.Write("goal", "lost", trouble);
        }

        log.Write("goal", "begins", ledger.Goal is { } goal
            ? $"goal {goal.Epoch}/{goal.Revision} was kept: {goal.Seats.Length} seats, {goal.Floors.Length} floors"
            : "no goal was kept");
        return new HostMachine(new HostSettings
        {
            Cluster = config.Config.Cluster,
            StartLimit = config.Config.StartLimit,
            Capacity = new NodeCapacity
            {
                Cpus = config.Config.Cpus ?? Environment.ProcessorCount,
                Memory = config.Config.MemoryMiB is { } given ? Bytes.MiB(given) : MachineMemory(),
            },
        }, ledger);
    }

    private static async Task<QemuHypervisor> MakeHypervisorAsync(
        CheckedConfig config, string state, CancellationToken cancel)
    {
        var settings = new QemuSettings
        {
            RunDirectory = config.MachinesDir,
            EvidenceDirectory = config.EvidenceDir,
            EvidenceBytes = config.Config.EvidenceMiB * Bytes.Mebi,
            Datastores = config.Config.Datastores,
            Accelerator = AcceleratorKind.Tcg,
            TranslationCacheMiB = config.Config.TranslationCacheMiB,
            BeatPeriod = TimeSpan.FromSeconds(config.Config.GuestBeatSeconds),
        };
        var accelerator = config.Config.Accelerator switch
        {
            "kvm" => AcceleratorKind.Kvm,
            "tcg" => AcceleratorKind.Tcg,
            _ => await AcceleratorProbe.FindAsync(
                settings.QemuProgram, Path.Join(state, "accelerator.json"), config.Boot, cancel),
        };
        IProcessSupervisor supervisor = config.Cgroups.AreSystemdUnits
            ? new SystemdSupervisor(ToolTimeout) : new OwnSessionSupervisor();
        IHostNetwork network = config.Config.Bridge is { } bridge
            ? new BridgeNetwork(bridge, ToolTimeout, config.Config.TapPrefix) : new NoNetwork();
        return new QemuHypervisor(
            settings with { Accelerator = accelerator }, supervisor, 
            new MachineCgroups(config.Cgroups.Parent, config.Cgroups.Prefix, config.Cgroups.Suffix), network);
    }

    private static Bytes MachineMemory()
    {
        string line = File.ReadLines("/proc/meminfo")
            .First(text => text.StartsWith("MemTotal:", StringComparison.Ordinal));
        return new Bytes(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024);
    }
}
