using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// A cluster under virtual time, run as the controller's runner runs it: inputs, step, commit (always), answers, then
/// commands. Every step is checked against the ledger's own promises: what changed was declared as touched, and events
/// are numbered without gaps.
/// </summary>
internal sealed partial class Story
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Input> _inbox = [];
    private readonly List<(Instant Due, Func<Input?> Answer)> _answers = [];
    private readonly Dictionary<(NodeName Reader, NodeName About), Instant> _looks = [];
    private readonly List<Reply> _replies = [];
    private long _connections;
    private long _requests;

    public Story(params ReadOnlySpan<SmallHost> hosts)
    {
        foreach (var host in hosts)
        {
            Hosts[host.Name] = host;
        }

        Now = Instant.FromSeconds(1000);
        var founded = new Ledger { ClusterName = "story" };
        Cluster = new Cluster { Ledger = founded, Office = NewOffice(founded, 1), Wall = Wall };
    }

    public Instant Now { get; private set; }

    /// <summary>Added to the wall clock: stories set it to tell that somebody set the clock.</summary>
    public TimeSpan WallShift { get; set; }

    public DateTimeOffset Wall => Noon + Now.SinceOrigin + WallShift;

    public Cluster Cluster { get; private set; }

    public Ledger Ledger => Cluster.Ledger;

    public Decision Last { get; private set; } = null!;

    public SortedDictionary<NodeName, SmallHost> Hosts { get; } = [];

    public List<EventRecord> Events { get; } = [];

    public List<(Instant At, Command Command)> Commands { get; } = [];

    public List<(Instant At, Change Change)> Changes { get; } = [];

    /// <summary>Called after every step, with the decision: where a test checks what must hold always.</summary>
    public Action<Decision>? Always { get; set; }

    /// <summary>Skips the checks that compare whole ledgers; for clusters too large for them.</summary>
    public bool Unchecked { get; init; }

    /// <summary>All nodes share a datastore, and agents that are asked tell the truth about heartbeats on it.</summary>
    public bool SharedStore { get; set; }

    /// <summary>Questions for the power state get no answer at all.</summary>
    public bool PowerHangs { get; set; }

    public SmallHost Host(string name) => Hosts[new NodeName(name)];

    /// <summary>A fact or order for the next step.</summary>
    public Story Post(Input input)
    {
        _inbox.Add(input);
        return this;
    }

    /// <summary>An order, answered at once by a step of its own.</summary>
    public OrderOutcome Order(Func<long, Input> order)
    {
        var request = ++_requests;
        Post(order(request));
        Step();
        return _replies.Single(r => r.Request == request).Outcome;
    }

    public OrderOutcome Apply(params ReadOnlySpan<SpecObject> objects)
    {
        ImmutableArray<SpecObject> all = [.. objects];
        return Order(id => new SpecsSubmitted(id, all, false, "ann"));
    }

    public OrderOutcome Delete(params ReadOnlySpan<string> keys)
    {
        ImmutableArray<SpecKey> all =
        [
            .. keys.ToArray().Select(k => k.Split('/')).Select(k => new SpecKey(k[0], k[1])),
        ];
        return Order(id => new SpecsDeleted(id, all, false, "ann"));
    }

    /// <summary>Time passes: hosts live and beat each second, BMCs answer, the controller steps each tick.</summary>
    public Story Run(double seconds)
    {
        for (var left = (int)Math.Round(seconds / Tick.TotalSeconds); left > 0; left--)
        {
            Now += Tick;
            Turn();
        }

        return this;
    }

    /// <summary>Runs until something is so, and says after how many seconds; fails the test when it never is.</summary>
    public double Until(Func<bool> so, double limit = 120)
    {
        var from = Now;
        while (!so())
        {
            Assert.True((Now - from).TotalSeconds < limit, $"not so within {limit} s\n{Tell()}");
            Run(Tick.TotalSeconds);
        }

        return (Now - from).TotalSeconds;
    }

    /// <summary>The controller starts anew on the same ledger: a new epoch, and nothing heard.</summary>
    public Story RestartController()
    {
        var office = NewOffice(Ledger, Cluster.Office.Epoch.Value + 1);
        Cluster = new Cluster { Ledger = Ledger, Office = office, Wall = Wall };
        _inbox.Clear();
        _answers.Clear();
        foreach (var host in Hosts.Values)
        {
            host.Connection = ++_connections;
        }

        return this;
    }

    /// <summary>The controller is away while hosts live on by themselves; then it starts anew.</summary>
    public Story Outage(double seconds)
    {
        for (var left = (int)Math.Round(seconds / Tick.TotalSeconds); left > 0; left--)
        {
            Now += Tick;
            foreach (var host in Hosts.Values)
            {
                host.Live(Now);
            }
        }

        return RestartController();
    }

    /// <summary>The controller starts anew on an older ledger; its own epoch may be as high as any.</summary>
    public Story Restore(Ledger backup)
    {
        Cluster = Cluster with { Ledger = backup };
        return RestartController();
    }

    /// <summary>An operator adopts the state at hand.</summary>
    public Story Adopt()
    {
        Take(Ledger, Controller.Adopt(Cluster, Now, Wall));
        var seen = Math.Max(Cluster.Office.HighestSeen.Value, Cluster.Office.Epoch.Value);
        Cluster = Cluster with { Office = NewOffice(Ledger, seen + 1) };
        return this;
    }

    /// <summary>One step with what is in the inbox; answers reach their hosts, commands their BMCs.</summary>
    public void Step()
    {
        var inputs = _inbox.ToArray();
        _inbox.Clear();
        Take(Cluster.Ledger, Controller.Step(Cluster, inputs, Now, Wall));
        foreach (var beat in inputs.OfType<Beat>())
        {
            Answer(beat);
        }

        foreach (var command in Last.Commands)
        {
            Commands.Add((Now, command));
            Carry(command);
        }
    }

    private void Take(Ledger before, Decision decision)
    {
        Last = decision;
        if (!Unchecked)
        {
            Check(before, Last);
        }

        Cluster = Last.After;
        Events.AddRange(Last.Events);
        Changes.AddRange(Last.Changes.Select(c => (Now, c)));
        _replies.AddRange(Last.Replies);
        Always?.Invoke(Last);
    }

    private void Turn()
    {
        foreach (var host in Hosts.Values)
        {
            host.Live(Now);
            if (host.Speaks && (Now.SinceOrigin.Ticks / Tick.Ticks) % 10 == 0)
            {
                Connect(host);
                Post(host.WardenBeat());
                if (!host.AgentDown)
                {
                    Post(host.AgentBeat());
                }
            }
        }

        Look();
        foreach (var (_, answer) in _answers.Where(a => a.Due <= Now).ToList())
        {
            if (answer() is { } input)
            {
                Post(input);
            }
        }

        _answers.RemoveAll(a => a.Due <= Now);
        Balance();
        Step();
    }

    /// <summary>Agents that were asked read and tell every 0.3 s, for 5 s.</summary>
    private void Look()
    {
        if (!SharedStore || (Now.SinceOrigin.Ticks / Tick.Ticks) % 3 != 0)
        {
            return;
        }

        foreach (var ((reader, about), _) in _looks.Where(l => Now - l.Value < TimeSpan.FromSeconds(5)))
        {
            var (from, to) = (Hosts[reader], Hosts[about]);
            var others = Hosts.Values.Any(h => h != from && h != to && h.Powered && !h.Hung);
            if (from.Speaks && !from.AgentDown)
            {
                Post(from.AgentBeat() with { Sightings = [from.Sees(to, to.WroteAt, others)] });
            }
        }
    }

    private void Connect(SmallHost host)
    {
        if (host.Connection == 0)
        {
            host.Connection = ++_connections;
        }
    }

    /// <summary>A new stream, as after a reboot or a healed cut.</summary>
    public void Reconnect(SmallHost host) => host.Connection = ++_connections;

    private void Answer(Beat beat)
    {
        var answer = BeatAnswer.To(Cluster, beat, Now);
        if (answer.Lease)
        {
            Cluster = Ear.Answered(Cluster, beat.Node, Now);
        }

        if (Hosts.TryGetValue(beat.Node, out var host) && host.Boot == beat.Boot)
        {
            host.Hear(answer, Cluster.Office, Now, Now);
            LastAnswer = new LateAnswer(host, host.Boot, answer, Cluster.Office, Now);
        }
    }

    /// <summary>The newest answer to a host: the network may bring it a second time.</summary>
    public LateAnswer? LastAnswer { get; private set; }

    private void Carry(Command command)
    {
        switch (command)
        {
            case ReadPower read when !PowerHangs && Hosts.TryGetValue(read.Node, out var host):
                var asked = Now;
                _answers.Add((Now + Tick, () => Look(host, asked, read)));
                break;
            case ReadHeartbeat read:
                _looks[(read.Reader, read.About)] = Now;
                break;
            case AskGuests ask:
                _answers.Add((Now + (8 * Tick), () => Ask(ask)));
                break;
            case AskNode ask:
                _answers.Add((Now + Tick, () => Ask(ask)));
                break;
            case PowerOff off when Hosts.TryGetValue(off.Node, out var host):
                _answers.Add((Now + Tick, () => SwitchOff(host, off)));
                break;
            case PowerOn on when Hosts.TryGetValue(on.Node, out var host):
                _answers.Add((Now + Tick, () => SwitchOn(host, on)));
                break;
            case ReadStorage read:
                var at = Now;
                _answers.Add((Now + Tick, () => Look(read, at)));
                break;
            case CutStorage cut:
                _answers.Add((Now + Tick, () => Tell(cut)));
                break;
            case GiveStorage give:
                _answers.Add((Now + Tick, () => Tell(give)));
                break;
        }
    }

    private Office NewOffice(Ledger ledger, long epoch) =>
        Office.Take(ledger, new Epoch(epoch), $"controller-{epoch}", Now, Wall);

    private void Check(Ledger before, Decision decision)
    {
        var missing = LedgerDiff.Between(before, decision.After.Ledger)
            .Where(k => !decision.Touched.Contains(k)).ToList();
        Assert.True(missing.Count == 0,
                $"altered but not touched: {string.Join(", ", missing)} by "
                + $"{string.Join(", ", decision.Changes.Select(c => c.GetType().Name))}");
        var expected = before.Counters.Event;
        foreach (var told in decision.Events)
        {
            Assert.Equal(++expected, told.Sequence);
        }

        Assert.Equal(expected, decision.After.Ledger.Counters.Event);
    }
}

/// <summary>An answer as it left: to which boot of a host, in which term, and to a beat of when.</summary>
internal sealed record LateAnswer(SmallHost Host, BootId Boot, BeatAnswer Answer, Office Leader, Instant Sent);
