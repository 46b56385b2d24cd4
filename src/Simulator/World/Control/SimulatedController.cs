using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.World.Control;

/// <summary>
/// One term of a leader: the production <see cref="Controller.Step"/> in a loop as the runner's, under virtual time.
/// Commit before act: answers, replies and commands leave when the store has the changes; a term that ends during its
/// commit sends nothing. What a commit holds up is what the runner's would.
/// </summary>
public sealed class SimulatedController
{
    /// <summary>As the production runner's: from this gap between two turns on it knows that it stood still.</summary>
    private static readonly TimeSpan StallAfter = TimeSpan.FromMilliseconds(500);

    private readonly VirtualWorld _world;
    private readonly SimulatedReplica _replica;
    private readonly SimulatedPowerDesk _power;
    private readonly QuietRounds _quiet;
    private readonly HostClock _clock;
    private readonly Dictionary<NodeName, AgentLine> _agents = [];
    private readonly Dictionary<long, Action<OrderOutcome>> _orders = [];
    private readonly List<Envelope> _batch = [];
    private readonly HashSet<NodeName> _senders = [];
    private readonly List<Func<Cluster, Cluster>> _heardMeanwhile = [];
    private bool _overruled;
    private bool _adopts;
    private HashSet<string>? _committing;
    private Instant _roundAt;
    private Instant _busyUntil;
    private long _connections;
    private long _requests;

    public SimulatedController(VirtualWorld world, SimulatedReplica replica, Epoch epoch)
    {
        _world = world;
        _replica = replica;
        var home = replica.Home;
        Home = home;
        Epoch = epoch;
        Life = $"{home}-controller-{epoch}";
        _clock = world.Host(home).Clock;
        var now = Now;
        Committed = new Cluster
        {
            Ledger = world.Store.Ledger,
            Office = Office.Take(world.Store.Ledger, epoch, Life, now, world.Host(home).Wall) with
            {
                LeadsUntil = replica.LeadsUntil,
            },
            Wall = world.Host(home).Wall,
        };
        _power = new SimulatedPowerDesk(world, this);
        _quiet = new QuietRounds(world.Settings);
    }

    /// <summary>What an answer to a beat is handed to.</summary>
    public delegate void Answering(Epoch epoch, BeatAnswer answer);

    /// <summary>The node it runs on.</summary>
    public NodeName Home { get; }

    public string Life { get; }

    /// <summary>The term.</summary>
    public Epoch Epoch { get; }

    public bool InOffice { get; private set; } = true;

    /// <summary>The last committed picture.</summary>
    public Cluster Committed { get; private set; }

    /// <summary>The last decision.</summary>
    public Decision? Last { get; private set; }

    /// <summary>Neither a round nor a commit is due at once, and the last round wanted nothing.</summary>
    public bool Settled => InOffice && _committing is null && _batch.Count == 0
        && Last is { OnlyKeepsAccounts: true, Commands.IsEmpty: true, Held.IsEmpty: true };

    /// <summary>It would grant a lease or send an order now.</summary>
    public bool Acts => InOffice && !Gate.Held && Committed.Office.Leads(Now);

    /// <summary>All that its process does passes here.</summary>
    public Gate Gate => _replica.Gate;

    /// <summary>Its clock: the steady one of its node.</summary>
    public Instant Now => _clock.Show(_world.Time.Now);

    public void Begin()
    {
        RoundAt(Now);
        new SimulatedBalancerDesk(_world, this).Begin();
    }

    /// <summary>Its term is over: nothing it still has to say is said.</summary>
    public void End() => InOffice = false;

    /// <summary>The number of a stream that was just accepted.</summary>
    public long Accept() => ++_connections;

    public void KnowAgent(NodeName node, AgentLine line) => _agents[node] = line;

    /// <summary>A fact arrives, with the way back where it wants an answer.</summary>
    public void Hear(Input input, Answering? answer = null)
    {
        if (!InOffice)
        {
            return;
        }

        var envelope = new Envelope(input, answer);
        if (MustFollow(input) || (_committing is { } touched ? !IsOldNews(input, touched) : IsNews(input)))
        {
            _batch.Add(envelope);
            _overruled |= NewerState.In(Committed, input) is not null;
            if (SenderOf(input) is { } sender)
            {
                _senders.Add(sender);
            }

            if (_committing is null)
            {
                RoundAt(Instant.Max(Now, _busyUntil));
            }
        }
        else
        {
            HearNow(envelope);
        }
    }

    /// <summary>The store has confirmed the leadership until then, on this node's clock.</summary>
    public void Confirmed(Instant? until)
    {
        if (Committed.Office.LeadsUntil != until)
        {
            Committed = Committed with { Office = Committed.Office with { LeadsUntil = until } };
        }
    }

    /// <summary>
    /// This process stood still and goes on: before anything is read of what came meanwhile it knows that by its clock.
    /// </summary>
    public void StoodStill(TimeSpan gap)
    {
        if (InOffice && gap > StallAfter)
        {
            _batch.Add(new Envelope(new OwnStall(gap), null));
            RoundAt(Now);
        }
    }

    /// <summary>An order; its outcome is told once it is durable.</summary>
    public void Order(Func<long, Input> order, Action<OrderOutcome> outcome)
    {
        _orders[++_requests] = outcome;
        Hear(order(_requests));
    }

    /// <summary>An operator makes this state the cluster's, at the next turn.</summary>
    public void Adopt()
    {
        _adopts = true;
        RoundAt(Instant.Max(Now, _busyUntil));
    }

    private bool IsNews(Input input) => Ear.IsNews(Committed, input);

    /// <summary>What may be heard and answered from the committed picture while a commit is under way.</summary>
    private bool IsOldNews(Input input, HashSet<string> touched) =>
        input is Beat beat && !touched.Contains(beat.Node.Value)
        && Committed.Ledger.Nodes.GetValueOrDefault(beat.Node) is { } node && node.Boot == beat.Boot
        && (beat is not WardenBeatHeard warden || warden.DepartureReboots == node.Departure?.Reboot);

    private void HearNow(Envelope envelope)
    {
        var at = Now;
        Committed = Ear.Hear(Committed, envelope.Input, at);
        if (_committing is not null)
        {
            _heardMeanwhile.Add(cluster => Ear.Hear(cluster, envelope.Input, at));
        }

        Answer(envelope);
        if (_committing is not null && envelope.Input is Beat beat
            && Committed.HeardOf(beat.Node).LeaseAnswered is { } answered)
        {
            _heardMeanwhile.Add(cluster => Ear.Answered(cluster, beat.Node, answered));
        }
    }

    /// <summary>
    /// A node's words keep their order; once any has told of a newer state nobody overtakes that word.
    /// </summary>
    private bool MustFollow(Input input) =>
        _overruled || (_batch.Count > 0 && SenderOf(input) is { } sender && _senders.Contains(sender));

    private static NodeName? SenderOf(Input input) => input switch
    {
        Beat beat => beat.Node,
        DatagramHeard datagram => datagram.Node,
        StreamEnded ended => ended.Node,
        _ => null,
    };

    /// <summary>A round at a moment, unless one comes before it.</summary>
    private void RoundAt(Instant due)
    {
        if (_roundAt > Now && _roundAt <= due)
        {
            return;
        }

        _roundAt = due;
        Gate.At(due, () =>
        {
            if (InOffice && _committing is null && _roundAt == due && Now >= due)
            {
                _roundAt = Instant.Origin;
                if (_batch.Count == 0 && !_adopts && _quiet.Later(Committed, Last, Now) is { } later)
                {
                    RoundAt(later);
                }
                else
                {
                    Round();
                }
            }
        });
    }

    private void Round()
    {
        if (_adopts)
        {
            AdoptNow();
            return;
        }

        var batch = _batch.ToArray();
        _batch.Clear();
        _senders.Clear();
        _overruled = false;
        var before = Committed;
        Last = _world.Step(before, [.. batch.Select(e => e.Input)], Now, _world.Host(Home).Wall);

        // A round that was told nothing and wants nothing takes no time, whether it is run or left out.
        var idle = batch.Length == 0 && Last.OnlyKeepsAccounts && Last.Commands.IsEmpty;
        _busyUntil = idle ? Now : Now + _world.Settings.Round;
        if (Last.OnlyKeepsAccounts && Last.Events.IsEmpty)
        {
            // Accounts are written with the next commit: nothing waits for them.
            _world.Witness.Decided(before, Last);
            Publish(before, Last, batch);
            return;
        }

        _committing = [.. Last.Touched.Where(k => k.Table == RecordTable.Node).Select(k => k.Key)];
        var decision = Last;
        if (_world.CrashesAtCommit(after: false))
        {
            _world.CrashLeader();
            return;
        }

        _replica.Commit(
            Epoch, decision.After.Ledger,
            () => _world.Witness.Decided(before, decision),
            () => Acknowledged(before, decision, batch));
    }

    private void AdoptNow()
    {
        var before = Committed;
        var decision = Controller.Adopt(before, Now, _world.Host(Home).Wall);
        (Last, _committing) = (decision, []);
        _replica.Adopt(
            Epoch, decision.After.Ledger, before.Office.HighestSeen, () => _world.Witness.Decided(before, decision));
    }

    private void Acknowledged(Cluster before, Decision decision, Envelope[] batch)
    {
        if (_world.CrashesAtCommit(after: true))
        {
            _world.CrashLeader();
            return;
        }

        _committing = null;
        Publish(before, decision, batch);
    }

    private void Publish(Cluster before, Decision decision, Envelope[] batch)
    {
        Committed = _heardMeanwhile.Aggregate(decision.After, (cluster, heard) => heard(cluster));
        _heardMeanwhile.Clear();
        Confirmed(_replica.LeadsUntil);
        foreach (var envelope in batch)
        {
            Answer(envelope);
        }

        foreach (var reply in decision.Replies)
        {
            if (_orders.Remove(reply.Request, out var outcome))
            {
                outcome(reply.Outcome);
            }
        }

        foreach (var command in decision.Commands)
        {
            if (command is AgentQuestion question)
            {
                _agents.GetValueOrDefault(question.Reader)?.Ask(question);
            }
            else
            {
                _power.Do(command);
            }
        }

        PushGoals(before, decision);
        RoundAt(_batch.Count > 0 ? Instant.Max(Now, _busyUntil) : _quiet.NextRound(Committed, decision, Now));
    }

    private void Answer(Envelope envelope)
    {
        if (envelope is not { Input: Beat beat, Answer: { } way })
        {
            return;
        }

        var answer = BeatAnswer.To(Committed, beat, Now);
        if (answer.Lease)
        {
            // Noted before it is handed to the network: an answer that may arrive must be counted as one that did.
            Committed = Ear.Answered(Committed, beat.Node, Now);
        }

        way(Committed.Office.Epoch, answer);
    }

    private void PushGoals(Cluster before, Decision decision)
    {
        if (ReferenceEquals(before.Ledger.Nodes, decision.After.Ledger.Nodes))
        {
            return;
        }

        // In name order: that of a hash table would show in the order of what happens at one moment.
        foreach (var key in decision.Touched.Where(k => k.Table == RecordTable.Node)
            .OrderBy(k => k.Key, StringComparer.Ordinal))
        {
            var name = new NodeName(key.Key);
            if (before.Ledger.Nodes.TryGetValue(name, out var old)
                && Committed.Ledger.Nodes.TryGetValue(name, out var node)
                && old.GoalRevision != node.GoalRevision && node is { Phase: NodePhase.Up, Unaccounted: false })
            {
                _agents.GetValueOrDefault(name)?.Push(
                    Committed.Office.Epoch, BeatAnswer.GoalOf(Committed, node));
            }
        }
    }

    private sealed record Envelope(Input Input, Answering? Answer);
}
