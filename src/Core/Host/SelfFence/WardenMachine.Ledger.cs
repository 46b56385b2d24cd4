using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// What is durable, what waits for it, and what may be said meanwhile: the strict half at once, the promise later.
/// </summary>
public sealed partial class WardenMachine
{
    private readonly List<(long Version, Waiting Waiting)> _waiting = [];
    private readonly Dictionary<long, (LeaderSeen Highest, LongLeaseSeen LongLease)> _writing = [];
    private long _version;
    private long _versionOrdered;
    private long _versionKept;
    private bool _ledgerFailed;

    /// <summary>A request that is answered once the ledger of its version is on disk.</summary>
    private sealed record Waiting(long Request, WardenInput.PermitAsked? Permit);

    private void Changed() => _version = _versionOrdered + 1;

    private void ReplyWhenKept(Instant now, Waiting waiting)
    {
        if (_version <= _versionKept)
        {
            ReplyKept(now, waiting);
        }
        else
        {
            _waiting.Add((_version, waiting));
        }
    }

    private void KeepIfChanged()
    {
        if (_version <= _versionOrdered)
        {
            return;
        }

        _versionOrdered = _version;
        _writing[_version] = (_highest, LongLeaseNow);
        _effects.Add(new WardenEffect.Keep(new WardenLedger
        {
            Version = _version,
            Highest = _highest,
            Floors =
            [
                .. _floors.OrderBy(floor => floor.Key).Select(floor => new GenerationFloor(floor.Key, floor.Value)),
            ],
            Seats = [.. _seats.Values.Select(seat => seat.Record)],
            LongLease = _longLease,
            LongLeaseEnded = _longLeaseEnded,
            Automation = _automation,
            RearmedAt = _rearmedAt,
            Departure = _departure,
        }));
    }

    private void LedgerIsKept(Instant now, long version)
    {
        _versionKept = Math.Max(_versionKept, version);
        if (_writing.TryGetValue(version, out var written))
        {
            (_highestKept, _longLeaseKept) = written;
        }

        foreach (var old in _writing.Keys.Where(key => key <= version).ToList())
        {
            _writing.Remove(old);
        }

        foreach (var (_, waiting) in _waiting.Where(entry => entry.Version <= version).ToList())
        {
            ReplyKept(now, waiting);
        }

        _waiting.RemoveAll(entry => entry.Version <= version);
    }

    /// <summary>
    /// Nothing was promised: those who wait are refused, and the next beat tries again with a new version.
    /// </summary>
    private void LedgerIsNotKept(Instant now, string why)
    {
        foreach (var (_, waiting) in _waiting)
        {
            Reply(now, waiting.Request, granted: false,
                Gate("notDurable", $"the warden's ledger cannot be written: {why}"));
        }

        _waiting.Clear();
        _ledgerFailed = true;
        Tell(Gate("notDurable", $"the warden's ledger cannot be written, floors are not acknowledged: {why}"));
    }

    /// <summary>Lease and floor are checked again: the disk may have taken its time.</summary>
    private void ReplyKept(Instant now, Waiting waiting)
    {
        if (waiting.Permit is not { } permit)
        {
            Reply(now, waiting.Request, granted: true, Gate("floors", "the floors are raised and durable"));
        }
        else if (ShutReason(now, permit.Instance, permit.Generation) is { } shut)
        {
            Reply(now, waiting.Request, granted: false, shut);
        }
        else
        {
            _effects.Add(new WardenEffect.Reply(waiting.Request, new GateReply(
                true, Gate("permitted", $"{permit.Instance} generation {permit.Generation} may be made"),
                AgeTold(now), [], permit.Instance)));
        }
    }
}
