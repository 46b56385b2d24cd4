using System.Collections.Concurrent;
using System.Collections.Immutable;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;
using Havm.Wire.Node;

namespace Havm.Warden;

/// <summary>
/// The loop around <see cref="WardenMachine"/>, on a thread of its own so that nothing else in the process can delay a
/// deadline. It carries effects out and never waits for one: what takes time comes back through the inbox.
/// </summary>
public sealed class WardenLoop : IDisposable
{
    /// <summary>
    /// Deadlines are late by at most this and what one step takes; a fifth of the terms' smallest slack.
    /// </summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);

    private readonly CheckedConfig _config;
    private readonly WardenPorts _ports;
    private readonly WardenMachine _machine;
    private readonly GateServer _gate;
    private readonly LedgerKeeper _keeper;
    private readonly BlockingCollection<WardenInput> _inbox = [];
    private readonly ProcessLife _life = new(Guid.NewGuid().ToString("N"));
    private readonly ServiceManager _manager = ServiceManager.Here();
    private Instant _nextLook;

    public WardenLoop(CheckedConfig config, WardenPorts ports, WardenMachine machine)
    {
        _config = config;
        _ports = ports;
        _machine = machine;
        _gate = GateServer.Open(config.GateSocket, Post);
        _keeper = new LedgerKeeper(ports.Ledger, Post);
    }

    /// <summary>Adds a fact; from any thread.</summary>
    public void Post(WardenInput input)
    {
        try
        {
            _inbox.Add(input);
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended; what comes late has nobody to hear it.
        }
    }

    /// <summary>Runs until cancelled; an exception means a broken invariant, and the process must end.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var serving = _gate.ServeAsync(cancel);
        var loop = Task.Factory.StartNew(
            () => Loop(cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await loop;
        await serving;
    }

    public void Dispose()
    {
        _gate.Dispose();
        _inbox.Dispose();
    }

    private void Loop(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            bool heard = _inbox.TryTake(out var input, Period);
            Step(heard ? input! : new WardenInput.Tick());
            Look();
            _manager.Turn(_ports.Clock.Now);
        }

        if (!_machine.HoldsBound)
        {
            // Nothing here needs the watchdog's bite; else it stays armed, and our next life must feed it in time.
            _ports.Watchdog.Disarm();
        }
    }

    /// <summary>Reads the cgroups: each second, and at each turn once the lease is old.</summary>
    private void Look()
    {
        var now = _ports.Clock.Now;
        if (now < _nextLook && _machine.IsLeaseFresh(now))
        {
            return;
        }

        _nextLook = now + _config.Terms.Heartbeat;
        try
        {
            // A directory whose name no machine can have is somebody else's.
            ImmutableHashSet<InstanceName> populated =
                [.. _ports.Cgroups.Populated().Keys.Where(instance => NameRules.IsLegal(instance.Value))];
            Step(new WardenInput.CgroupsRead(
                populated, SeatFiles.Of(_config, populated.Where(instance => !_machine.Knows(instance)))));
        }
        catch (IOException e)
        {
            _ports.Log.Write("lease", "cgroupsUnreadable", $"the machines' cgroups cannot be read: {e.Message}");
        }
    }

    private void Step(WardenInput input)
    {
        foreach (var effect in _machine.Step(_ports.Clock.Now, input))
        {
            CarryOut(effect);
        }
    }

    private void CarryOut(WardenEffect effect)
    {
        switch (effect)
        {
            case WardenEffect.SendBeat beat:
                Send(beat);
                break;
            case WardenEffect.Keep keep:
                _keeper.Keep(keep.Ledger);
                break;
            case WardenEffect.NoteLease note:
                Try("lease", "noteNotWritten", () => _ports.Lease.Write(note.From));
                break;
            case WardenEffect.FeedWatchdog:
                Try("lease", "watchdogNotFed", _ports.Watchdog.Feed);
                break;
            case WardenEffect.Switch order:
                _ = TurnAsync(order);
                break;
            case WardenEffect.Kill kill:
                _ = KillAsync(kill.Instance);
                break;
            case WardenEffect.Reply reply:
                Reply(reply);
                break;
            case WardenEffect.Tell tell:
                _ports.Log.Write(tell.Reason);
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    private void Send(WardenEffect.SendBeat beat)
    {
        var frame = new NodeFrame
        {
            Warden = new WardenBeat
            {
                Cluster = _config.Config.Cluster,
                Node = _config.Node,
                Boot = _config.Boot,
                Life = _life,
                Sequence = beat.Sequence,
                Uptime = _ports.Clock.Now.SinceOrigin,
                Highest = beat.Highest,
                Holds = beat.Holds,
                AgentAnswers = beat.AgentAnswers,
                WatchdogArmed = _ports.Watchdog.Armed,
                Running = beat.Running,
                Departure = beat.Departure,
                LongLease = beat.LongLease,
                Reach = _ports.Reach.Now,
            },
        };
        var datagram = new DatagramBeat(_config.Config.Cluster, _config.Node, _config.Boot, _life, beat.Sequence)
        {
            Uptime = frame.Warden.Uptime,
        };
        foreach (var link in _ports.Links)
        {
            link.Send(frame);
            link.SendDatagram(datagram);
        }

        foreach (var datastore in _ports.Datastores)
        {
            datastore.Tell(beat.Running);
        }
    }

    private void Reply(WardenEffect.Reply reply)
    {
        string? cgroup = null;
        var answer = reply.Answer;
        if (answer.Cgroup is { } instance)
        {
            try
            {
                cgroup = _ports.Cgroups.Make(instance);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                answer = answer with
                {
                    Granted = false,
                    Reason = new Reason("gate", "noCgroup", $"{instance}: its cgroup cannot be made: {e.Message}"),
                };
            }
        }

        _gate.Reply(reply.Request, GateQuestions.Write(answer, cgroup));
    }

    private async Task TurnAsync(WardenEffect.Switch order)
    {
        bool done = false;
        try
        {
            done = await (order.Verb switch
            {
                SwitchVerb.Release => _ports.Switch.ReleaseAsync(order.Socket, CancellationToken.None),
                SwitchVerb.Hold => _ports.Switch.HoldAsync(order.Socket, CancellationToken.None),
                SwitchVerb.Reset => _ports.Switch.ResetAsync(order.Socket, CancellationToken.None),
                SwitchVerb.AskShutdown => _ports.Switch.AskShutdownAsync(order.Socket, CancellationToken.None),
            });
        }
        catch (Exception e)
        {
            _ports.Log.Write("lease", "switchFailed", $"{order.Instance}: {order.Verb} failed: {e.Message}");
        }

        Post(new WardenInput.SwitchDone(order.Instance, order.Generation, order.Verb, done));
    }

    private async Task KillAsync(InstanceName instance)
    {
        bool empty = false;
        try
        {
            empty = await _ports.Cgroups.EndAsync(instance, KillTimeout, CancellationToken.None);
        }
        catch (Exception e)
        {
            _ports.Log.Write("lease", "killFailed", $"{instance}: its cgroup cannot be killed: {e.Message}");
        }

        Post(new WardenInput.KillDone(instance, empty));
    }

    private void Try(string decider, string code, Action act)
    {
        try
        {
            act();
        }
        catch (IOException e)
        {
            _ports.Log.Write(decider, code, e.Message);
        }
    }
}
