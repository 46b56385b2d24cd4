using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Havm.Core;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.Recording;
using Havm.Runtime.State;

namespace Havm.Runtime.Control;

/// <summary>
/// The controller's loop: inbox -> Step -> commit -> publish -> act. It decides nothing. Changes are durable before any
/// reply or command leaves; a commit that fails ends the term, and the process with it: there is no rollback code.
/// While a commit is under way, beats of nodes that it does not touch are answered from the committed picture, so that
/// a slow disk never ends a lease.
/// </summary>
public sealed class ControllerRunner
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A gap between our own rounds longer than this was our stall, not a node's silence (SAFETY: leaders).
    /// </summary>
    private static readonly TimeSpan StallAfter = TimeSpan.FromMilliseconds(500);

    private readonly IStateStore _store;
    private readonly IClock _clock;
    private readonly Action<Reason> _log;
    private readonly Channel<Envelope> _inbox = Channel.CreateUnbounded<Envelope>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, TaskCompletionSource<OrderOutcome>> _orders = new();
    private readonly NodeDesk _nodes;
    private readonly PowerDesk _power;
    private readonly BalancerDesk? _balancers;
    private readonly StepRecorder? _recorder;
    private volatile Cluster _committed;
    private volatile IReadOnlyList<Held> _held = [];
    private DateTimeOffset _lastCommit;
    private long _requests;
    private volatile Exception? _over;
    private TaskCompletionSource<Epoch>? _adopt;
    private Task? _news;

    /// <summary>
    /// What came during a commit and has to wait for the next round; it goes first, to keep each stream's order.
    /// </summary>
    private RoundBatch _carried = new();

    private ControllerRunner(
        Cluster cluster, EventFeed events, IStateStore store, IPowerFence fence, IClock clock, Action<Reason> log,
        StepRecorder? recorder, ILoadBalancer? balancers)
    {
        _committed = cluster;
        _store = store;
        _clock = clock;
        _log = log;
        _recorder = recorder;
        Events = events;
        _nodes = new NodeDesk(
            cluster.Ledger.ClusterName, cluster.Office.Controller, () => _committed.Office.Epoch, clock, Post);
        _power = new PowerDesk(fence, clock, () => _committed, input => Post(new Envelope(input, null)));
        _balancers = balancers is null ? null
            : new BalancerDesk(balancers, clock, () => _committed, input => Post(new Envelope(input, null)), log);
    }

    public EventFeed Events { get; }

    /// <summary>Where node streams are to be delivered.</summary>
    public INodeSink Nodes => _nodes;

    /// <summary>The last committed picture, for readers.</summary>
    public Cluster Committed => _committed;

    /// <summary>What guards held back in the last round.</summary>
    public IReadOnlyList<Held> Held => _held;

    public DateTimeOffset LastCommit => _lastCommit;

    /// <summary>Loads the state and takes office: the new epoch is durable before this returns.</summary>
    public static async Task<ControllerRunner> StartAsync(
        string cluster, string controller, IStateStore store, IPowerFence fence, IClock clock, Action<Reason> log,
        CancellationToken cancel, StepRecorder? recorder = null, ILoadBalancer? balancers = null)
    {
        var contents = await store.LoadAsync(cancel);
        var (ledger, events) = LedgerCodec.Read(cluster, contents);
        var epoch = await store.TakeOfficeAsync(cancel);
        if (contents.Records.Count == 0)
        {
            await store.CommitAsync(epoch, [LedgerCodec.Founding(cluster)], cancel);
        }

        var now = clock.Now;
        var office = Office.Take(ledger, epoch, controller, now, clock.Wall);
        var picture = new Cluster { Ledger = ledger, Office = office, Wall = clock.Wall };
        return new ControllerRunner(picture, new EventFeed(events), store, fence, clock, log, recorder, balancers);
    }

    /// <summary>
    /// Gives an order and waits until what it decided is durable. Throws what ended the term when that comes first:
    /// the order was not acknowledged, and whoever gave it must look.
    /// </summary>
    public async Task<OrderOutcome> OrderAsync(Func<long, Input> order, CancellationToken cancel)
    {
        var request = Interlocked.Increment(ref _requests);
        var answer = new TaskCompletionSource<OrderOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[request] = answer;
        if (_over is { } cause)
        {
            answer.TrySetException(cause);
        }

        Post(new Envelope(order(request), null));
        try
        {
            return await answer.Task.WaitAsync(cancel);
        }
        finally
        {
            _orders.TryRemove(request, out _);
        }
    }

    /// <summary>
    /// Makes this state the cluster's, after a restored backup or a copied state: takes an epoch beyond every one that
    /// nodes have named. An operator's order; it is wrong while another controller still runs.
    /// </summary>
    public Task<Epoch> AdoptAsync(CancellationToken cancel)
    {
        var adopted = new TaskCompletionSource<Epoch>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Interlocked.CompareExchange(ref _adopt, adopted, null) ?? adopted;
        return waiting.Task.WaitAsync(cancel);
    }

    /// <summary>Rounds run in this term.</summary>
    public long Rounds { get; private set; }

    /// <summary>
    /// Runs until cancelled. Throws <see cref="StoreException"/> when the term has to end. A round is run for news at
    /// once, else each tenth of a second: beats without news are heard and answered in between.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _ = _balancers is { } desk ? Task.Run(() => desk.RunAsync(ended.Token), CancellationToken.None) : null;
        try
        {
            await RoundsAsync(cancel);
        }
        catch (Exception cause)
        {
            await ended.CancelAsync();
            _over = cause;
            foreach (var order in _orders.Values)
            {
                order.TrySetException(cause);
            }

            throw;
        }
    }

    private async Task RoundsAsync(CancellationToken cancel)
    {
        var last = _clock.Now;
        var due = last;
        while (!cancel.IsCancellationRequested)
        {
            await WaitAsync(due, cancel);
            var batch = _carried;
            _carried = new();
            var now = _clock.Now;
            if (now - last > StallAfter)
            {
                _log(new Reason("runner", "ownStall",
                    $"this controller stood still for {(now - last).TotalSeconds:0.0} s: silence clocks begin anew"));
                batch.Add(new Envelope(new OwnStall(now - last), null));
            }

            Drain(batch, now);
            if (Interlocked.Exchange(ref _adopt, null) is { } adopt)
            {
                adopt.SetResult(await TakeOfficeBeyondAsync(_committed.Office.HighestSeen, cancel));
            }

            if (batch.Envelopes.Count > 0 || now >= due)
            {
                Rounds++;
                await RoundAsync(batch, now, cancel);
                due = now + TickEvery;
            }

            last = _clock.Now;
        }
    }

    /// <summary>
    /// Hears and answers what is no news; what is, and whatever must follow it, goes into the round.
    /// </summary>
    private void Drain(RoundBatch batch, Instant now)
    {
        while (_inbox.Reader.TryRead(out var envelope))
        {
            if (batch.MustFollow(envelope.Input) || Ear.IsNews(_committed, envelope.Input))
            {
                batch.Add(envelope, Overrules(envelope));
            }
            else
            {
                Hear(envelope.Input, now);
                Answer(envelope);
            }
        }
    }

    private async Task<Epoch> TakeOfficeBeyondAsync(Epoch seen, CancellationToken cancel)
    {
        var now = _clock.Now;
        var adoption = Controller.Adopt(_committed, now, _clock.Wall);
        RequireCommitted(
            await _store.CommitAsync(_committed.Office.Epoch, LedgerCodec.Writes(adoption), cancel));
        Events.Add(adoption.Events);
        var epoch = await _store.TakeOfficeAsync(cancel);
        while (epoch <= seen)
        {
            epoch = await _store.TakeOfficeAsync(cancel);
        }

        now = _clock.Now;
        var office = Office.Take(adoption.After.Ledger, epoch, _committed.Office.Controller, now, _clock.Wall);
        _committed = adoption.After with { Office = office };
        _recorder?.Begin("adopted");
        _log(new Reason("runner", "adopted", $"an operator adopted this state: epoch {epoch}, beyond {seen}"));
        return epoch;
    }

    private async Task RoundAsync(RoundBatch batch, Instant now, CancellationToken cancel)
    {
        var (before, wall) = (_committed, _clock.Wall);
        ImmutableArray<Input> inputs = [.. batch.Envelopes.Select(e => e.Input)];
        var decision = Controller.Step(before, inputs, now, wall);
        _recorder?.Step(before, inputs, now, wall, decision);
        var later = decision.Changes.IsEmpty && decision.Events.IsEmpty
            ? []
            : await CommitAsync(decision, cancel);
        _committed = later.Aggregate(decision.After, (cluster, heard) => heard(cluster));
        _held = decision.Held;
        Events.Add(decision.Events);
        foreach (var told in decision.Events)
        {
            _log(told.Reason);
        }

        foreach (var envelope in batch.Envelopes)
        {
            Answer(envelope);
        }

        foreach (var reply in decision.Replies)
        {
            if (_orders.TryGetValue(reply.Request, out var order))
            {
                order.TrySetResult(reply.Outcome);
            }
        }

        foreach (var command in decision.Commands)
        {
            if (command is AgentQuestion question)
            {
                _nodes.Ask(question);
            }
            else
            {
                _power.Do(command, cancel);
            }
        }

        PushGoals(before);
    }

    /// <summary>
    /// Commits, hearing and answering untouched nodes meanwhile. Returns what was heard, to be told to the new picture.
    /// </summary>
    private async Task<List<Func<Cluster, Cluster>>> CommitAsync(Decision decision, CancellationToken cancel)
    {
        var heard = new List<Func<Cluster, Cluster>>();
        var commit = _store.CommitAsync(_committed.Office.Epoch, LedgerCodec.Writes(decision), cancel);
        var touched = decision.Touched
            .Where(k => k.Table == Core.Changes.RecordTable.Node).Select(k => k.Key).ToHashSet();
        while (!commit.IsCompleted)
        {
            await Task.WhenAny(commit, News(cancel));
            while (!commit.IsCompleted && _inbox.Reader.TryRead(out var envelope))
            {
                if (envelope is { Input: Beat beat, Beat: not null } && !touched.Contains(beat.Node.Value)
                    && IsOldNews(beat) && !_carried.MustFollow(beat))
                {
                    var at = _clock.Now;
                    heard.Add(cluster => Ear.Hear(cluster, beat, at));
                    Hear(beat, at);
                    Answer(envelope);
                    if (_committed.HeardOf(beat.Node).LeaseAnswered is { } answered)
                    {
                        heard.Add(cluster => Ear.Answered(cluster, beat.Node, answered));
                    }
                }
                else
                {
                    _carried.Add(envelope, Overrules(envelope));
                }
            }
        }

        RequireCommitted(await commit);
        _lastCommit = _clock.Wall;
        return heard;
    }

    private void Hear(Input input, Instant at)
    {
        var before = _committed;
        _committed = Ear.Hear(before, input, at);
        _recorder?.Heard(before, _committed, input, at);
    }

    private bool Overrules(Envelope envelope) => NewerState.In(_committed, envelope.Input) is not null;

    private static void RequireCommitted(CommitOutcome outcome)
    {
        if (outcome == CommitOutcome.Deposed)
        {
            throw new StoreException(
                StoreTrouble.HeldByAnother, "a newer epoch was found in the store: this controller's term is over");
        }
    }

    /// <summary>
    /// Beats of the boot on record are heard at once. What could be news of a boot waits for the round, and so does a
    /// departure announced or called off: the answer says that it is on record.
    /// </summary>
    private bool IsOldNews(Beat beat) =>
        _committed.Ledger.Nodes.GetValueOrDefault(beat.Node) is { } node && node.Boot == beat.Boot
        && (beat is not WardenBeatHeard warden || warden.DepartureReboots == node.Departure?.Reboot);

    private void Answer(Envelope envelope)
    {
        if (envelope is not { Input: Beat beat, Beat: { } way })
        {
            return;
        }

        var answer = BeatAnswer.To(_committed, beat, _clock.Now);
        if (answer.Lease)
        {
            // Noted before it is handed to the network: an answer that may arrive must be counted as one that did.
            var at = _clock.Now;
            _committed = Ear.Answered(_committed, beat.Node, at);
            _recorder?.Answered(beat.Node, at);
        }

        _nodes.Answer(way, answer);
    }

    private void PushGoals(Cluster before)
    {
        foreach (var (name, node) in _committed.Ledger.Nodes)
        {
            if (before.Ledger.Nodes.TryGetValue(name, out var old) && !ReferenceEquals(old, node)
                && old.GoalRevision != node.GoalRevision
                && node is { Phase: Core.Records.NodePhase.Up, Unaccounted: false })
            {
                _nodes.Push(name, BeatAnswer.GoalOf(_committed, node));
            }
        }
    }

    private void Post(Envelope envelope) => _inbox.Writer.TryWrite(envelope);

    private async Task WaitAsync(Instant due, CancellationToken cancel)
    {
        var left = due - _clock.Now;
        if (_carried.Envelopes.Count > 0 || left <= TimeSpan.Zero)
        {
            return;
        }

        await Task.WhenAny(News(cancel), Task.Delay(left, cancel));
    }

    /// <summary>
    /// Completes when the inbox holds something; one question stands at a time, whoever waits for it.
    /// </summary>
    private Task News(CancellationToken cancel) =>
        _news is { IsCompleted: false } asked ? asked : _news = _inbox.Reader.WaitToReadAsync(cancel).AsTask();
}
