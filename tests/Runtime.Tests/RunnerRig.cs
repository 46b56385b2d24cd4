using System.Collections.Concurrent;
using System.Collections.Immutable;
using Havm.Core;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Ports;
using Havm.Runtime.Recording;
using Havm.Runtime.Time;
using Havm.Simulator.Fencing;
using Havm.Simulator.Store;
using Havm.Wire.Node;

namespace Havm.Runtime.Tests;

/// <summary>A controller on a simulated disk, with nodes played by the test.</summary>
internal sealed class RunnerRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedStateStore _store;
    private Task _running = Task.CompletedTask;

    private readonly StepRecorder? _recorder;

    private RunnerRig(
        SimulatedStateStore store, SlowStore slow, ControllerRunner runner, StepRecorder? recorder) =>
        (_store, Slow, Runner, _recorder) = (store, slow, runner, recorder);

    public ControllerRunner Runner { get; }

    public SlowStore Slow { get; }

    /// <summary>Ends with the runner's term.</summary>
    public Task Running => _running;

    /// <summary>A controller in office whose nodes n1.. are up and whose first rounds are over.</summary>
    public static async Task<RunnerRig> OfAsync(
        int nodes, SimulatedDisk? disk = null, RecordingSettings? recording = null)
    {
        var store = (disk ?? new SimulatedDisk()).Open("controller");
        var slow = new SlowStore(store);
        var fence = new SimulatedPowerFence(_ => null, TimeProvider.System);
        var recorder = recording is null ? null : new StepRecorder(recording, _ => { });
        var runner = await ControllerRunner.StartAsync(
            "lab", "c1", slow, fence, new BootClock(), _ => { }, CancellationToken.None, recorder);
        var rig = new RunnerRig(store, slow, runner, recorder);
        rig._running = runner.RunAsync(rig._stop.Token);
        await rig.ApplyAsync(
            [new(new Metadata { Name = "r1" }, new RackSpec()), .. Enumerable.Range(1, nodes).Select(NodeOf)]);
        return rig;
    }

    public Task<OrderOutcome> ApplyAsync(ImmutableArray<SpecObject> objects) =>
        Runner.OrderAsync(id => new SpecsSubmitted(id, objects, false, "ann"), CancellationToken.None);

    /// <summary>A node's warden, connected and known.</summary>
    public async Task<PlayedWarden> WardenAsync(string node)
    {
        var warden = new PlayedWarden(Runner.Nodes, new NodeName(node));
        await Until.TrueAsync($"{node} has a lease", () =>
        {
            warden.Beat();
            return warden.Leases > 0;
        });
        await Until.TrueAsync($"{node}'s last beat is answered", () => warden.IsAnswered);
        return warden;
    }

    public async ValueTask DisposeAsync()
    {
        Slow.Release();
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        if (_recorder is not null)
        {
            await _recorder.DisposeAsync();
        }

        await _store.DisposeAsync();
        _stop.Dispose();
    }

    private static SpecObject NodeOf(int number) => new(
        new Metadata { Name = $"n{number}" },
        new NodeSpec { Rack = new RackName("r1"), Cpus = 4, Memory = Bytes.MiB(1024) });
}

/// <summary>A warden that says what it is told to say, over a connection that keeps what it is answered.</summary>
internal sealed class PlayedWarden(INodeSink sink, NodeName node) : INodeConnection
{
    private readonly ConcurrentQueue<ControllerFrame> _frames = new();
    private long _sequence;

    public string Peer => $"{node}";

    public string? Address => "10.0.0.9";

    /// <summary>Beats sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sequence);

    /// <summary>Answers that renewed the lease.</summary>
    public int Leases => _frames.Count(frame => frame.Lease);

    /// <summary>The newest answer that renewed the lease.</summary>
    public ControllerFrame? Last => _frames.LastOrDefault(frame => frame.Lease);

    public DepartureNotice? Departure { get; set; }

    /// <summary>The highest leader it says it has obeyed.</summary>
    public LeaderSeen Highest { get; set; } = LeaderSeen.None;

    public LongLeaseSeen? LongLease { get; set; }

    public void Beat(bool watchdog = false) => sink.Heard(this, new NodeFrame
    {
        Warden = new WardenBeat
        {
            Cluster = "lab",
            Node = node,
            Boot = new BootId("boot-1"),
            Life = new ProcessLife("life-1"),
            Sequence = Interlocked.Increment(ref _sequence),
            AgentAnswers = true,
            WatchdogArmed = watchdog,
            Highest = Highest,
            Departure = Departure,
            LongLease = LongLease,

            // An address that answers every other second is no news.
            Reach = new NetworkReach { Answering = Sent % 2 == 0 ? ["10.0.0.1"] : [] },
        },
    });

    /// <summary>Whether the newest beat's answer has come.</summary>
    public bool IsAnswered => _frames.Any(frame => frame.Answers == Sent);

    public bool Send(ControllerFrame frame)
    {
        _frames.Enqueue(frame);
        return true;
    }

    public void Close(string reason)
    {
    }
}

/// <summary>A store whose next commits wait until they are let go.</summary>
internal sealed class SlowStore(IStateStore inner) : IStateStore
{
    private volatile TaskCompletionSource? _gate;

    /// <summary>Commits that have begun and wait.</summary>
    public int Waiting { get; private set; }

    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref _gate, null)?.TrySetResult();

    public async Task<CommitOutcome> CommitAsync(
        Epoch epoch, IReadOnlyList<StoreWrite> writes, CancellationToken cancel)
    {
        if (_gate is { } gate)
        {
            Waiting++;
            await gate.Task;
        }

        return await inner.CommitAsync(epoch, writes, cancel);
    }

    public Task<StoreContents> LoadAsync(CancellationToken cancel) => inner.LoadAsync(cancel);

    public Task<Epoch> TakeOfficeAsync(CancellationToken cancel) => inner.TakeOfficeAsync(cancel);

    public Task BackupAsync(string target, CancellationToken cancel) => inner.BackupAsync(target, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
