using System.Diagnostics.CodeAnalysis;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// The warden's seats in name order. They are looked at with every word that it hears and change seldom: the order is
/// kept as an array that is made anew when one comes or goes.
/// </summary>
internal sealed class SeatList
{
    private readonly SortedDictionary<InstanceName, WardenSeat> _byName = [];
    private WardenSeat[] _ordered = [];

    /// <summary>All of them; what is added or removed while it is walked shows in the next.</summary>
    public WardenSeat[] Values => _ordered;

    public WardenSeat this[InstanceName instance]
    {
        get => _byName[instance];
        set
        {
            _byName[instance] = value;
            Order();
        }
    }

    public bool ContainsKey(InstanceName instance) => _byName.ContainsKey(instance);

    public bool TryGetValue(InstanceName instance, [MaybeNullWhen(false)] out WardenSeat seat) =>
        _byName.TryGetValue(instance, out seat);

    public WardenSeat? GetValueOrDefault(InstanceName instance) => _byName.GetValueOrDefault(instance);

    public void Add(InstanceName instance, WardenSeat seat)
    {
        _byName.Add(instance, seat);
        Order();
    }

    public void TryAdd(InstanceName instance, WardenSeat seat)
    {
        if (_byName.TryAdd(instance, seat))
        {
            Order();
        }
    }

    public void Remove(InstanceName instance)
    {
        if (_byName.Remove(instance))
        {
            Order();
        }
    }

    private void Order() => _ordered = [.. _byName.Values];
}
