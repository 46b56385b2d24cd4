using System.Collections.Immutable;
using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.HostAgent;

/// <summary>
/// Looks at what nobody tells by itself: the warden, each second; the node's processes, every few; the beats of other
/// nodes. What hangs is looked at again when it comes back, and holds up nothing else.
/// </summary>
public sealed class NodeEyes(
    IHypervisor hypervisor, GateClient gate, NodeName self,
    IReadOnlyDictionary<string, IDatastoreHeartbeats> datastores, IGuestProbe guests, IAddressProbe addresses,
    IClock clock, string state, Action<HostInput> inbox)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Closely = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes that must be free where the agent keeps its state: some goals and floors.</summary>
    private const long LeastFree = 1 << 20;

    private static readonly TimeSpan InventoryPeriod = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _closer = new(0);
    private long _closelyUntil;
    private Instant _nextLook;

    private bool LooksClosely => clock.Now.SinceOrigin.Ticks <= Interlocked.Read(ref _closelyUntil);

    /// <summary>Reads the datastores four times a second from now until then, else once.</summary>
    public void LookCloselyUntil(Instant until)
    {
        var began = !LooksClosely;
        Interlocked.Exchange(ref _closelyUntil, until.SinceOrigin.Ticks);
        if (began)
        {
            _closer.Release();
        }
    }

    /// <summary>Asks guests of another node on their own network, once.</summary>
    public async Task AskGuestsAsync(HostEffect.AskGuests ask, CancellationToken cancel) =>
        inbox(new HostInput.GuestsAnswered(ask.Node, await guests.AskAsync(ask.Cards, cancel)));

    /// <summary>Asks for another node at its address, once.</summary>
    public async Task AskNodeAsync(HostEffect.AskNode ask, CancellationToken cancel) =>
        inbox(new HostInput.NodeAnswered(ask.Node, await addresses.AnswersAsync(ask.Address, cancel)));

    /// <summary>Looks until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(
        EachAsync(Second, AskWardenAsync, cancel),
        EachAsync(InventoryPeriod, TakeInventoryAsync, cancel),
        ReadDatastoresAsync(cancel));

    private static async Task EachAsync(TimeSpan period, Func<CancellationToken, Task> look, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            do
            {
                await look(cancel);
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    private async Task AskWardenAsync(CancellationToken cancel)
    {
        try
        {
            var answer = await gate.AskAsync(new GateRequest { Verb = GateVerb.Status }, cancel);
            inbox(new HostInput.WardenHeard([.. answer.Seats.Select(seat => new WardenView(
                seat.Instance, seat.Generation, seat.State == GateSeatState.Permitted,
                seat.State == GateSeatState.Paused, seat.State == GateSeatState.Ended,
                seat.ByLease))], answer.LeaseAge));
        }
        catch (GateSilentException e)
        {
            inbox(new HostInput.WardenSilent(e.Message));
        }
    }

    private async Task TakeInventoryAsync(CancellationToken cancel)
    {
        var began = clock.Now;
        MachineInventory found;
        try
        {
            found = await hypervisor.FindAsync(cancel);
        }
        catch (Exception e) when (e is MachineException or IOException)
        {
            // A search that failed saw nothing, and nothing seen proves nothing.
            found = new MachineInventory(false, []);
        }

        inbox(new HostInput.InventoryTaken(began, found.Complete, [.. found.Machines.Select(machine => new FoundProcess(
            machine.Instance, machine.Generation, machine.Pid, machine.Seat, machine.MonitorAnswers))]));
    }

    private async Task ReadDatastoresAsync(CancellationToken cancel)
    {
        var reading = datastores.ToDictionary(
            store => store.Key, store => new Reading(store.Value, new(self, store.Key)));
        var late = TimeSpan.Zero;
        try
        {
            while (true)
            {
                foreach (var one in reading.Values)
                {
                    await one.ContinueAsync(clock, cancel);
                }

                inbox(new HostInput.SightingsRead(
                    [.. reading.Values.SelectMany(one => one.Watch.Sightings(clock.Now))]));
                LookAround([.. reading.Select(one => one.Value.Look(one.Key, self, clock.Now))], late);
                var pause = LooksClosely ? Closely : Second;
                var paused = clock.Now;
                await _closer.WaitAsync(pause, cancel);
                late = clock.Now - paused - pause;
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    /// <summary>Each second, also while datastores are read four times as often.</summary>
    private void LookAround(ImmutableArray<DatastoreLook> seen, TimeSpan late)
    {
        var now = clock.Now;
        if (now < _nextLook)
        {
            return;
        }

        _nextLook = now + Second - Closely;
        inbox(new HostInput.NodeLooked(new NodeLook(seen, StateTrouble(), late)));
    }

    /// <summary>Why the agent's state would not be kept, found before it has to be.</summary>
    private string StateTrouble()
    {
        try
        {
            return new DriveInfo(state).AvailableFreeSpace < LeastFree ? "its file system is full" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>One datastore being read: one reading at a time, however long it hangs.</summary>
    private sealed class Reading(IDatastoreHeartbeats datastore, DatastoreWatch watch)
    {
        private Task<IReadOnlyList<DatastoreBeat>>? _under;
        private Instant _began;
        private TimeSpan? _took;
        private string _trouble = "";

        public DatastoreWatch Watch { get; } = watch;

        public DatastoreLook Look(string name, NodeName self, Instant now) => new(
            name, _under is null ? null : now - _began, _took, _trouble, Watch.StoodStillFor(self, now));

        public async Task ContinueAsync(IClock clock, CancellationToken cancel)
        {
            if (_under is null)
            {
                _began = clock.Now;
                _under = datastore.ReadAllAsync(cancel);
            }

            await Task.WhenAny(_under, Task.Delay(Second / 2, cancel));
            if (!_under.IsCompleted)
            {
                return;
            }

            if (_under.IsCompletedSuccessfully)
            {
                (_took, _trouble) = (clock.Now - _began, "");
                Watch.Read(clock.Now, _under.Result.Select(
                    beat => new SeenBeat(beat.Node, beat.Boot, beat.Sequence, beat.Reach)));
            }
            else
            {
                // Looked at, so that it does not end the process; a failed reading is one that saw nothing move.
                (_took, _trouble) = (null, _under.Exception?.GetBaseException().Message ?? "it was called off");
            }

            _under = null;
        }
    }
}
