using System.Collections.Immutable;
using System.Threading.Channels;
using Havm.Core.Host.Goals;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;
using Havm.Wire.Node;

namespace Havm.HostAgent;

/// <summary>
/// The loop around <see cref="HostMachine"/>: one reader takes facts one by one, so that no decision is made on half a
/// picture; orders run beside it and come back as facts.
/// </summary>
public sealed class AgentLoop(
    HostMachine machine, MachineHands hands, GateClient gate, GoalFile file, BeatSender beats, NodeEyes eyes,
    DoctorRun doctor, IClock clock, DecisionLog log, ChannelReader<HostInput> inbox, Action<HostInput> post)
{
    private static readonly TimeSpan BeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A deadline of a guest is late by at most this: a hang is to be told within a second of its wait.
    /// </summary>
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(250);

    private readonly ServiceManager _manager = ServiceManager.Here();
    private Instant _nextBeat;
    private long _versionSent;
    private ImmutableArray<DatastoreSighting> _sightings = [];
    private ImmutableArray<GuestAnswer> _guests = [];
    private ImmutableArray<NodeName> _reached = [];

    /// <summary>Runs until cancelled; an exception means a broken invariant, and the process must end.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new Timer(_ => post(new HostInput.Tick()), null, TickPeriod, TickPeriod);
        try
        {
            while (await inbox.WaitToReadAsync(cancel))
            {
                while (inbox.TryRead(out var input))
                {
                    foreach (var effect in machine.Step(new Moment(clock.Now, clock.Wall), input))
                    {
                        CarryOut(effect, cancel);
                    }
                }

                BeatIfDue();
                EndIfBlind();
                _manager.Turn(clock.Now);
            }
        }
        catch (OperationCanceledException)
        {
            // Machines go on; the next life takes them up.
        }
    }

    /// <summary>Each second, and at once when the report has news or a controller waits for what was seen.</summary>
    private void BeatIfDue()
    {
        var now = clock.Now;
        if (now >= _nextBeat || machine.ReportVersion != _versionSent || beats.IsHurried || !_sightings.IsEmpty
            || !_guests.IsEmpty || !_reached.IsEmpty)
        {
            _nextBeat = now + BeatPeriod;
            _versionSent = machine.ReportVersion;
            beats.Send(
                machine.Highest, machine.Holds, machine.ReportVersion, machine.Report, machine.LookAge,
                new SeenOfOthers(_sightings, _guests, _reached));
            (_sightings, _guests, _reached) = ([], [], []);
        }
    }

    /// <summary>What holds up the look at machines may hold up this life of the agent alone.</summary>
    private void EndIfBlind()
    {
        if (OldNews.BeginsAnew(machine.LookAge, machine.HasLooked))
        {
            throw new IOException(
                $"the look at this node's machines has not come back for {machine.LookAge.TotalSeconds:0} s: the agent "
                    + "ends, to be started anew; machines go on");
        }
    }

    private void CarryOut(HostEffect effect, CancellationToken cancel)
    {
        switch (effect)
        {
            case HostEffect.Tell tell:
                log.Write(tell.Reason);
                break;
            case HostEffect.TellSightings tell:
                _sightings = tell.Sightings;
                break;
            case HostEffect.LookClosely look:
                eyes.LookCloselyUntil(look.Until);
                break;
            case HostEffect.AskGuests ask:
                Run(() => eyes.AskGuestsAsync(ask, cancel));
                break;
            case HostEffect.TellGuests tell:
                _guests = _guests.AddRange(tell.Answers);
                break;
            case HostEffect.AskNode ask:
                Run(() => eyes.AskNodeAsync(ask, cancel));
                break;
            case HostEffect.TellReached tell:
                _reached = _reached.Add(tell.Node);
                break;
            case HostEffect.Keep keep:
                Run(() => KeepAsync(keep.Ledger));
                break;
            case HostEffect.TellFloors tell:
                Run(() => TellFloorsAsync(tell.Goal, cancel));
                break;
            case HostEffect.Diagnose diagnose:
                Run(async () => post(new HostInput.DiagnosisDone(await doctor.LookAsync(diagnose.Order, cancel))));
                break;
            default:
                HandOn(effect, cancel);
                break;
        }
    }

    /// <summary>What is done to machines and their disks.</summary>
    private void HandOn(HostEffect effect, CancellationToken cancel)
    {
        switch (effect)
        {
            case HostEffect.ProbeLocks probe:
                Run(() => hands.ProbeLocksAsync(probe.Watches, cancel));
                break;
            case HostEffect.ProbeRoom probe:
                Run(() => hands.ProbeRoomAsync(probe, cancel));
                break;
            case HostEffect.Start start:
                Run(() => hands.StartAsync(start.Seat, cancel));
                break;
            case HostEffect.Release release:
                Run(() => hands.ReleaseAsync(release.Instance, release.Generation, cancel));
                break;
            case HostEffect.Adopt adopt:
                Run(() => hands.AdoptAsync(adopt.Found, cancel));
                break;
            case HostEffect.Introduce introduce:
                hands.Introduce(introduce.Seat);
                break;
            case HostEffect.AskShutdown ask:
                Run(() => hands.AskShutdownAsync(ask.Instance, ask.Grace, cancel));
                break;
            case HostEffect.End end:
                Run(() => hands.EndAsync(end, cancel));
                break;
            case HostEffect.KeepEvidence keep:
                Run(() => hands.KeepEvidenceAsync(keep, cancel));
                break;
            case HostEffect.ReadIo read:
                Run(() => hands.ReadIoAsync(read.Instance, read.Generation, cancel));
                break;
            case HostEffect.ReadUses:
                Run(() => hands.ReadUsesAsync(cancel));
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    /// <summary>
    /// An order that throws what nobody expected is a broken invariant: the process ends and is restarted.
    /// </summary>
    private static void Run(Func<Task> order) => Task.Run(async () =>
    {
        try
        {
            await order();
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
        catch (Exception e)
        {
            Environment.FailFast($"an order failed in a way nobody expected: {e}");
        }
    });

    private Task KeepAsync(HostLedger ledger)
    {
        try
        {
            file.Write(ledger);
            post(new HostInput.LedgerKept(ledger));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            post(new HostInput.LedgerNotKept(e.Message));
        }

        return Task.CompletedTask;
    }

    private async Task TellFloorsAsync(Goal goal, CancellationToken cancel)
    {
        try
        {
            var answer = await gate.AskAsync(new GateRequest
            {
                Verb = GateVerb.Floors,
                Floors = goal.Floors,
                Policies = [.. goal.Seats.Select(seat => new SeatPolicy(
                    seat.Machine.Instance, seat.Generation, seat.Machine.Isolation))],
                Automation = goal.Automation,
            }, cancel);
            post(answer.Granted
                ? new HostInput.FloorsTold(goal.Epoch, goal.Revision)
                : new HostInput.FloorsNotTold(answer.Reason?.Message ?? "refused without a reason"));
        }
        catch (GateSilentException e)
        {
            post(new HostInput.FloorsNotTold(e.Message));
        }
    }
}
