using System.Collections.Immutable;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>The report, its incidents, and what the controller holds of it.</summary>
public sealed partial class HostMachine
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    private readonly List<(HostIncident Incident, bool Closed, long SentIn)> _incidents = [];
    private readonly HeartbeatQuestions _asked = new();
    private bool _dirty = true;
    private bool _settled;
    private long _incidentCount;
    private Instant _logsTold = Instant.Origin;

    /// <summary>The report's version; 0 until the node was looked through and what runs was taken up.</summary>
    public long ReportVersion { get; private set; }

    /// <summary>Null until <see cref="ReportVersion"/> is above 0.</summary>
    public NodeReport? Report { get; private set; }

    /// <summary>
    /// What was found is taken up before the first report, so that a restart of the agent does not look like machines
    /// that lost their readiness; a monitor that does not answer delays it by 5 s at most.
    /// </summary>
    private void Settle(Instant now)
    {
        _settled |= _firstInventory is { } first && (_wardenHeard || _wardenSilent)
            && (now - first >= SettleLimit || !_machines.Values.Any(machine =>
                machine.Step == MachineStep.Adopting
                    || (machine.Step == MachineStep.Unreachable && machine.NotBefore <= now)));
        _dirty |= now - _logsTold >= LogTail.Period && _machines.Values.Any(machine => machine.HasLogNews);
        if (_settled && _dirty)
        {
            _dirty = false;
            ReportVersion++;
            Report = MakeReport(now);
        }
    }

    /// <summary>
    /// A machine without a seat is forgotten once it is verified gone; from then on the report lacks it.
    /// </summary>
    private void ForgetGone()
    {
        foreach (var machine in _machines.Values.Where(machine => !machine.MayHaveProcess
            && !_goalSeats.ContainsKey(machine.Instance)).ToList())
        {
            // What is not over is the controller's: it took the seat.
            CloseIncident(machine);
            _machines.Remove(machine.Instance);
            _dirty = true;
        }
    }

    private NodeReport MakeReport(Instant now)
    {
        var acknowledged = GoalIsDurable ? _goal : _acknowledged;
        _acknowledged = acknowledged;
        for (var i = 0; i < _incidents.Count; i++)
        {
            if (_incidents[i].Closed && _incidents[i].SentIn == 0)
            {
                _incidents[i] = _incidents[i] with { SentIn = ReportVersion };
            }
        }

        _logsTold = now;
        foreach (var machine in _machines.Values)
        {
            machine.HasLogNews = false;
        }

        return new NodeReport
        {
            Version = ReportVersion,
            GoalEpoch = acknowledged?.Epoch ?? Epoch.None,
            GoalRevision = acknowledged?.Revision ?? 0,
            Automation = acknowledged?.Automation,
            InventoryComplete = _inventoryComplete,
            Instances = [.. _machines.Values.Select(machine => ReportOf(machine, now))],
            Floors = acknowledged?.Floors ?? [],
            Capacity = _settings.Capacity,
            FreeLocks = _freeLocks,
            Ailments = _ailments.Told,
            Wear = _wear.Told,
            Diagnosis = _diagnosis,
            Incidents = [.. _incidents.Select(kept => kept.Incident)],
        };
    }

    private InstanceReport ReportOf(MachineRecord machine, Instant now) => new()
    {
        Instance = machine.Instance,
        Generation = machine.Generation,
        Phase = machine.Phase(IsWanted(machine) && !Held),
        Reason = machine.Reason,
        DiskLocked = machine.DiskLocked,
        StorageLost = machine.StorageLost,
        HeldByPath = machine.PathFailed,
        HurtAt = machine.StorageLost || machine.PathFailed ? machine.StorageLostAt : null,
        Pid = machine.Pid,
        StartedAt = machine.StartedAt,
        ReadyAt = machine.ReadyAt,
        Resets = machine.Budget.Used(
            now, _goalSeats.GetValueOrDefault(machine.Instance)?.Machine.Repair ?? new RepairLimits()),
        Use = machine.Step == MachineStep.Up ? machine.Use : null,
        StartFailures = machine.StartFailures,
        ReadsNotices = machine.Signs.ReadsNotices,
        Approved = machine.Signs.Approved,
        RestartOrder = machine.RestartOrder,
        Log = LogTail.Share(machine.Log, _machines.Count),
    };

    private void AcknowledgeReport(long version)
    {
        _incidents.RemoveAll(kept => kept.SentIn > 0 && kept.SentIn <= version);
    }

    private void OpenIncident(Moment at, MachineRecord machine, GuestTrouble trouble)
    {
        _incidentCount++;
        machine.IncidentId =
            $"{machine.Instance}-{machine.Generation}-{at.Wall.ToUnixTimeMilliseconds()}-{_incidentCount}";
        if (_incidents.Count >= _settings.IncidentsKept)
        {
            _incidents.RemoveAt(0);
        }

        _incidents.Add((new HostIncident
        {
            Id = machine.IncidentId,
            Instance = machine.Instance,
            Generation = machine.Generation,
            Kind = trouble.Kind,
            Decision = new Reason("watch", trouble.Code, $"{machine.Instance}: {trouble.Message}"),
            DetectedAt = at.Wall,
            DecidedAt = at.Wall,
        }, false, 0));
        _dirty = true;
    }

    private void ChangeIncident(MachineRecord machine, Func<HostIncident, HostIncident> change) =>
        ChangeIncident(machine.IncidentId, change);

    private void ChangeIncident(string? id, Func<HostIncident, HostIncident> change)
    {
        var index = _incidents.FindIndex(kept => kept.Incident.Id == id);
        if (index >= 0)
        {
            _incidents[index] = _incidents[index] with { Incident = change(_incidents[index].Incident), SentIn = 0 };
            _dirty = true;
        }
    }

    private void NoteStarted(Moment at, MachineRecord machine)
    {
        machine.Trouble = null;
        ChangeIncident(machine, incident => incident with { StartedAt = at.Wall });
        if (_goalSeats.GetValueOrDefault(machine.Instance)?.Machine is not { } definition
            || !(definition with { GuestAgent = machine.Signs.Agent }).SaysReady)
        {
            // Nobody in the guest will ever say that it is ready.
            machine.StartFailures = 0;
            CloseIncident(machine);
        }
    }

    private void NoteReady(Moment at, MachineRecord machine)
    {
        if (machine.RoleIncident)
        {
            (machine.RoleReadySince, machine.RoleReadyAt) = (at.Now, at.Wall);
            return;
        }

        ChangeIncident(machine, incident => incident with { ReadyAt = at.Wall });
        CloseIncident(machine);
    }

    private void CloseIncident(MachineRecord machine)
    {
        var index = _incidents.FindIndex(kept => kept.Incident.Id == machine.IncidentId);
        if (index >= 0)
        {
            _incidents[index] = _incidents[index] with { Closed = true };
        }

        machine.IncidentId = null;
    }
}
