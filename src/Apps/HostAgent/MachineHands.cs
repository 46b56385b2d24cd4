using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Havm.Core.Host.Goals;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.HostAgent;

/// <summary>
/// Carries out what concerns one machine: each order on its own, its outcome posted back. Trouble becomes an outcome
/// here and nowhere else.
/// </summary>
public sealed class MachineHands(
    IHypervisor hypervisor, GateClient gate, Func<InstanceName, string> wardenSocket, DecisionLog log,
    Action<HostInput> inbox)
    : IMachineSink
{
    private static readonly TimeSpan EvidenceTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CountTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<InstanceName, IMachine> _machines = new();
    private readonly UseMeter _meter = new();

    public void Happened(InstanceName instance, Generation generation, MachineSign sign) =>
        inbox(new HostInput.Signed(instance, generation, sign));

    public async Task StartAsync(SeatGoal seat, CancellationToken cancel)
    {
        var (instance, generation) = (seat.Machine.Instance, seat.Generation);
        var answer = await AskAsync(new GateRequest
        {
            Verb = GateVerb.Permit,
            Instance = instance,
            Generation = generation,
            Isolation = seat.Machine.Isolation,
            WardenSocket = wardenSocket(instance),
        }, cancel);
        if (!answer.Granted || answer.Cgroup is null)
        {
            inbox(new HostInput.StartDone(instance, generation, StartOutcome.NotPermitted, 0, answer.Reason));
            return;
        }

        try
        {
            var machine = await hypervisor.StartHeldAsync(seat, answer.Cgroup, this, cancel);
            _machines[instance] = machine;
            inbox(new HostInput.StartDone(instance, generation, StartOutcome.Made, machine.Pid, null));
        }
        catch (Exception e) when (IsTrouble(e))
        {
            inbox(new HostInput.StartDone(instance, generation, StartOutcome.NotMade, 0, Because(e)));
        }
    }

    public async Task ReleaseAsync(InstanceName instance, Generation generation, CancellationToken cancel)
    {
        var answer = await AskAsync(
            new GateRequest { Verb = GateVerb.Release, Instance = instance, Generation = generation }, cancel);
        inbox(new HostInput.ReleaseDone(instance, generation, answer.Granted, answer.Reason));
    }

    public async Task AdoptAsync(FoundProcess found, CancellationToken cancel)
    {
        try
        {
            _machines[found.Instance] = await hypervisor.AdoptAsync(
                new FoundMachine(found.Instance, found.Generation, found.Pid, found.Seat, found.MonitorAnswers),
                this, cancel);
            inbox(new HostInput.AdoptDone(found.Instance, found.Generation, true, null));
        }
        catch (Exception e) when (IsTrouble(e))
        {
            inbox(new HostInput.AdoptDone(found.Instance, found.Generation, false, Because(e)));
        }
    }

    public void Introduce(SeatGoal seat)
    {
        if (_machines.TryGetValue(seat.Machine.Instance, out var machine) && machine.Generation == seat.Generation)
        {
            machine.Introduce(seat);
        }
    }

    public async Task AskShutdownAsync(InstanceName instance, TimeSpan grace, CancellationToken cancel)
    {
        try
        {
            if (_machines.TryGetValue(instance, out var machine))
            {
                await machine.AskShutdownAsync(grace, cancel);
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            log.Write("host", "shutdownNotAsked", $"{instance}: its grace goes by unasked: {e.Message}");
        }
    }

    public async Task EndAsync(HostEffect.End end, CancellationToken cancel)
    {
        var (instance, generation) = (end.Instance, end.Generation);
        ImmutableArray<string> kept = end.EvidenceFor is { } incident
            ? await KeepEvidenceAsync(instance, incident, cancel) : [];
        DumpOutcome? dump = end is { EvidenceFor: { } subject, DumpWithin: { } within }
            ? await DumpAsync(instance, subject, within, cancel) : null;
        kept = dump?.File is { } file ? kept.Add(file) : kept;

        var answer = await AskAsync(
            new GateRequest { Verb = GateVerb.End, Instance = instance, Generation = generation }, cancel);
        if (answer.Granted)
        {
            await CleanAsync(instance, cancel);
        }

        inbox(new HostInput.EndDone(
            instance, generation, answer.Granted, answer.Seats.Any(seat => seat.ByLease), answer.Reason)
        {
            Kept = kept.IsEmpty ? null : string.Join('\n', kept),
            NotKept = dump?.Trouble is { } trouble ? $"no dump of its memory: {trouble}" : null,
        });
    }

    public async Task KeepEvidenceAsync(HostEffect.KeepEvidence keep, CancellationToken cancel)
    {
        var kept = await KeepEvidenceAsync(keep.Instance, keep.Incident, cancel);
        inbox(new HostInput.EvidenceKept(keep.Incident, kept.IsEmpty ? null : string.Join('\n', kept)));
    }

    public async Task ReadIoAsync(InstanceName instance, Generation generation, CancellationToken cancel)
    {
        HostInput.IoRead read = new(instance, generation, null, 0);
        try
        {
            if (_machines.TryGetValue(instance, out var machine) && machine.Generation == generation)
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                deadline.CancelAfter(CountTime);
                var counters = await machine.CountIoAsync(deadline.Token);
                read = new HostInput.IoRead(instance, generation, counters.DiskOperations, counters.NetworkBytes);
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // A monitor that is silent counts nothing, and silence without work is what is looked for.
        }

        inbox(read);
    }

    /// <summary>Of what cannot be looked at nothing is known, and it is looked at again.</summary>
    public async Task ProbeLocksAsync(ImmutableArray<LockWatch> watches, CancellationToken cancel)
    {
        // One datastore that hangs holds up no other; of what lies on it the first that gets no answer is the last.
        var free = await Task.WhenAll(watches
            .GroupBy(watch => string.Join(' ', watch.Disks.Select(disk => disk.File.Datastore).Distinct().Order()))
            .Select(there => FreeOfAsync([.. there], cancel)));
        inbox(new HostInput.LocksProbed([.. free.SelectMany(found => found)]));
    }

    /// <summary>Where it cannot be tried there is no room.</summary>
    public async Task ProbeRoomAsync(HostEffect.ProbeRoom probe, CancellationToken cancel)
    {
        var hasRoom = false;
        try
        {
            hasRoom = await hypervisor.HasRoomAsync(probe.Disks, cancel);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // A datastore that does not answer takes nothing.
        }

        inbox(new HostInput.RoomProbed(probe.Instance, probe.Generation, hasRoom));
    }

    private async Task<List<FreeLock>> FreeOfAsync(ImmutableArray<LockWatch> watches, CancellationToken cancel)
    {
        var free = new List<FreeLock>();
        try
        {
            foreach (var watch in watches)
            {
                if (await hypervisor.LocksAreFreeAsync(watch.Disks, cancel))
                {
                    free.Add(new FreeLock(watch.Instance, watch.Refused));
                }
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // A datastore that does not answer now may a second later; a start would meet the same.
        }

        return free;
    }

    public async Task ReadUsesAsync(CancellationToken cancel) =>
        inbox(await _meter.ReadAsync(_machines.Values, cancel));

    private async Task<ImmutableArray<string>> KeepEvidenceAsync(
        InstanceName instance, string incident, CancellationToken cancel)
    {
        try
        {
            if (_machines.TryGetValue(instance, out var machine))
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                deadline.CancelAfter(EvidenceTime);
                var kept = await machine.KeepEvidenceAsync(incident, deadline.Token);
                log.Write("watch", "evidence", $"{instance}: kept {string.Join(", ", kept)}");
                return kept;
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            log.Write("watch", "noEvidence", $"{instance}: {e.Message}");
        }

        return [];
    }

    private async Task<DumpOutcome> DumpAsync(
        InstanceName instance, string incident, TimeSpan within, CancellationToken cancel)
    {
        var outcome = _machines.TryGetValue(instance, out var machine)
            ? await machine.DumpAsync(incident, within, cancel)
            : new DumpOutcome(null, "its process was never taken up");
        log.Write("watch", outcome.File is null ? "noDump" : "dump", $"{instance}: {outcome.File ?? outcome.Trouble}");
        return outcome;
    }

    private async Task CleanAsync(InstanceName instance, CancellationToken cancel)
    {
        try
        {
            if (_machines.TryRemove(instance, out var machine))
            {
                await machine.DisposeAsync();
            }

            await hypervisor.CleanAsync(instance, cancel);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            log.Write("host", "notCleaned", $"{instance}: something of it is left: {e.Message}");
        }
    }

    /// <summary>A warden that does not answer has refused.</summary>
    private async Task<GateAnswer> AskAsync(GateRequest request, CancellationToken cancel)
    {
        try
        {
            return await gate.AskAsync(request, cancel);
        }
        catch (GateSilentException e)
        {
            return new GateAnswer { Granted = false, Reason = new Reason("gate", "wardenSilent", e.Message) };
        }
    }

    private static bool IsTrouble(Exception e) =>
        e is MachineException or IOException or UnauthorizedAccessException or OperationCanceledException
            or TimeoutException or System.Net.Sockets.SocketException;

    private static Reason Because(Exception e) => e is MachineException machine
        ? new Reason("host", JsonNamingPolicy.CamelCase.ConvertName(machine.Trouble.ToString()), machine.Message)
        : new Reason("host", "failed", e.Message);
}
