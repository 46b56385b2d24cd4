using System.Collections.Immutable;
using Havm.Core.Host.SelfFence;
using Havm.Datastore;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Cgroups;
using Havm.Model;
using Havm.Network;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Runtime.Time;
using Havm.Transport.Http;

namespace Havm.Warden;

/// <summary>Composes the warden from its parts.</summary>
public static class WardenProcess
{
    private static readonly TimeSpan MonitorTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs until cancelled. Throws IOException when state, gate or cgroups cannot be had at all.</summary>
    public static async Task RunAsync(CheckedConfig config, CancellationToken cancel)
    {
        var clock = new BootClock();
        var log = new DecisionLog(Console.Out, clock);
        var cgroups = new MachineCgroups(config.Cgroups.Parent, config.Cgroups.Prefix, config.Cgroups.Suffix);
        string state = Path.Join(config.Config.StateDir, "warden");
        Directory.CreateDirectory(state);
        Directory.CreateDirectory(config.Config.RunDir);

        await using var watchdog = Watchdogs.At(
            config.Config.Watchdog?.Path, TimeSpan.FromSeconds(config.Config.Watchdog?.TimeoutSeconds ?? 0),
            leaveArmed: cgroups.Populated().Count > 0);
        using var lease = LeaseNote.Open(Path.Join(config.Config.RunDir, "warden.lease"), config.Boot);
        var reach = new ReachProbe(new EchoProbe(), clock);
        var ports = new WardenPorts
        {
            Clock = clock,
            Cgroups = cgroups,
            Switch = new QmpVcpuSwitch(MonitorTimeout),
            Watchdog = watchdog,
            Links = [.. config.Controllers.Select(controller => new HttpNodeLink(controller))],
            Datastores = [.. config.Config.Datastores.Select(store => new DatastoreBeater(
                store.Key, new DirectoryHeartbeats(store.Value),
                config.Node, config.Boot, config.Terms.Heartbeat, reach, clock, log))],
            Reach = reach,
            Ledger = new LedgerFile(Path.Join(state, "ledger.json"), config.Boot),
            Lease = lease,
            Log = log,
        };
        using var loop = new WardenLoop(config, ports, MakeMachine(config, ports));
        var running = ports.Links.Zip(config.Controllers, (link, controller) =>
                link.RunAsync(new ControllerSink(controller.ToString(), loop.Post, ports.Reach, log), cancel))
            .Concat(ports.Datastores.Select(datastore => datastore.BeatAsync(cancel)))
            .Append(ports.Reach.RunAsync(cancel)).ToList();
        var rehearsal = new Rehearsal(Path.Join(config.Config.RunDir, "rehearsal-warden"));
        _ = Task.Run(() => rehearsal.ReleaseAsync(cancel), cancel);
        await loop.RunAsync(cancel);
        foreach (var link in ports.Links)
        {
            await link.DisposeAsync();
        }
    }

    private static WardenMachine MakeMachine(CheckedConfig config, WardenPorts ports)
    {
        var ledger = ports.Ledger.Read(out var trouble);
        if (trouble is not null)
        {
            ports.Log.Write("lease", "ledgerLost", trouble);
        }

        var now = ports.Clock.Now;
        var from = ports.Lease.Read(now);
        var found = SeatFiles.Of(
            config, ports.Cgroups.Populated().Keys.Where(name => NameRules.IsLegal(name.Value)));
        ports.Log.Write("lease", "begins", from is { } since
            ? $"{ledger.Seats.Length} seats kept, {found.Length} alive, "
                + $"the lease is {(now - since).TotalSeconds:0.0} s old"
            : $"{ledger.Seats.Length} seats kept, {found.Length} alive, no lease on this boot yet");
        return new WardenMachine(
            new WardenSettings { Cluster = config.Config.Cluster, Terms = config.Terms }, ledger, from, found);
    }
}
