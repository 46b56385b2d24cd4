using Havm.Model;

namespace Havm.Simulator.World.Storage;

/// <summary>
/// What the store itself knows of the office: leases with their ends, who holds the office under which of them, and the
/// epoch, which is durable and never falls. All times are on the clock of the member that leads the store.
/// </summary>
public sealed class OfficeTable(Epoch epoch)
{
    private readonly SortedDictionary<long, Lease> _leases = [];
    private long _numbers;
    private long _holder;

    /// <summary>The newest term that ever was.</summary>
    public Epoch Epoch { get; private set; } = epoch;

    public bool Vacant => _holder == 0;

    /// <summary>When the first lease ends; null: there is none.</summary>
    public Instant? NextEnd => _leases.Count == 0 ? null : _leases.Values.Min(lease => lease.End);

    public long Grant(Instant now, TimeSpan ttl)
    {
        _leases[++_numbers] = new Lease(now + ttl, ttl);
        return _numbers;
    }

    /// <summary>False when the lease has ended: nothing renews it.</summary>
    public bool KeepAlive(Instant now, long lease)
    {
        if (!_leases.TryGetValue(lease, out var found))
        {
            return false;
        }

        _leases[lease] = found with { End = now + found.Ttl };
        return true;
    }

    /// <summary>Ends a lease, and the office that is held under it.</summary>
    public void Revoke(long lease)
    {
        _leases.Remove(lease);
        _holder = _holder == lease ? 0 : _holder;
    }

    /// <summary>Takes the office if nobody holds it; the epoch grows in the same transaction.</summary>
    public Epoch? Claim(long lease)
    {
        if (!Vacant || !_leases.ContainsKey(lease))
        {
            return null;
        }

        _holder = lease;
        return Epoch = Epoch.Next;
    }

    /// <summary>Every later term is beyond this one; who holds the office in an earlier one holds it no more.</summary>
    public void GoBeyond(Epoch seen) => Epoch = seen > Epoch ? seen : Epoch;

    /// <summary>Whether the office is held in this very term.</summary>
    public bool IsHeldIn(Epoch term) => !Vacant && Epoch == term;

    /// <summary>Ends every lease whose time has come.</summary>
    public void Expire(Instant now)
    {
        foreach (var ended in _leases.Where(lease => lease.Value.End <= now).Select(lease => lease.Key).ToList())
        {
            Revoke(ended);
        }
    }

    /// <summary>
    /// Another member leads the store now: it cannot know how old a lease is, and gives each its whole time again.
    /// </summary>
    public void Extend(Instant now)
    {
        foreach (var (number, lease) in _leases.ToList())
        {
            _leases[number] = lease with { End = now + lease.Ttl };
        }
    }

    private sealed record Lease(Instant End, TimeSpan Ttl);
}
