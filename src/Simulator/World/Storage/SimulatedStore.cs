using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.World.Storage;

/// <summary>Two kinds of traffic between a controller and the store; each can be cut alone.</summary>
public enum StoreWay
{
    /// <summary>Transactions and reads of the state.</summary>
    ReadWrite,

    /// <summary>Leases, keepalives, and being told that the office is vacant.</summary>
    Refresh,
}

/// <summary>
/// The shared state: a member on every node, one of which leads, chosen by more than half of all declared ones. It is
/// linearizable, and durable whatever becomes of its members. A request passes the member of its own node and the
/// leading one; without a majority nothing is answered. A commit counts only in the term that holds the office.
/// </summary>
/// <param name="world">Whose members it has.</param>
/// <param name="founding">What it holds at the beginning.</param>
/// <param name="epoch">The term before the first of this world.</param>
public sealed class SimulatedStore(VirtualWorld world, Ledger founding, Epoch epoch)
{
    /// <summary>The leading member looks this often for leases that have ended.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private OfficeTable _office = new(epoch);
    private readonly SortedDictionary<NodeName, Action> _watchers = [];
    private readonly HashSet<(NodeName Node, StoreWay Way)> _cuts = [];
    private (Ledger Ledger, Epoch Epoch) _backup = (founding, epoch);
    private bool _electing;
    private Instant _nextLook;

    public Ledger Ledger { get; private set; } = founding;

    public Epoch Epoch => _office.Epoch;

    /// <summary>Commits so far.</summary>
    public long Commits { get; private set; }

    /// <summary>No room is left: what would write is refused; leases need none.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Somebody is cut off from it, or it takes no writes.</summary>
    public bool IsIll => IsFull || _cuts.Count > 0;

    /// <summary>The member that leads; null while none does.</summary>
    public NodeName? Seat { get; private set; }

    /// <summary>Whether a request from here would be answered as things are.</summary>
    public bool Serves(NodeName home) => Seat is { } seat && world.RunsMember(world.Host(home))
        && world.Network.Joins(home, seat) && CanSit(seat);

    /// <summary>Whether a controller could take office as things are, once members have chosen a leading one.</summary>
    public bool CouldServe => !IsFull && world.Members.Any(host => CanSit(host.Name)
        && world.Members.Any(home => world.RunsMember(home) && world.Network.Joins(home.Name, host.Name)
            && !_cuts.Contains((home.Name, StoreWay.ReadWrite)) && !_cuts.Contains((home.Name, StoreWay.Refresh))));

    /// <summary>Cuts a node's controller off from the store, in one way.</summary>
    public void Cut(NodeName node, StoreWay way) => _cuts.Add((node, way));

    public void Restore(NodeName node, StoreWay way)
    {
        _cuts.Remove((node, way));
        TellVacant();
    }

    /// <summary>People save what it holds; before they do for the first time the beginning is saved.</summary>
    public void Save() => _backup = (Ledger, Epoch);

    /// <summary>
    /// People put back what was saved. It knows of no lease and no office then, and what was on its way to the store
    /// as it was is lost.
    /// </summary>
    /// <param name="marked">It says itself that it is a backup; a copied disk does not.</param>
    public void PutBack(bool marked)
    {
        Ledger = marked ? _backup.Ledger with { BackupMade = world.Wall } : _backup.Ledger;
        _office = new OfficeTable(_backup.Epoch);
    }

    public void Fill() => IsFull = true;

    public void Free()
    {
        IsFull = false;
        TellVacant();
    }

    /// <summary>A member, its node or the network changed: another may have to lead.</summary>
    public void Changed()
    {
        if (Seat is { } seat && CanSit(seat))
        {
            LookLater();
            TellVacant();
            return;
        }

        if (!_electing)
        {
            _electing = true;
            world.Time.After(world.Settings.Election, Elect);
        }
    }

    /// <summary>
    /// Asks from a node; the answer comes to whoever asked, or never: then nobody knows whether it was carried out.
    /// </summary>
    /// <param name="from">Whose controller.</param>
    /// <param name="gate">What the answer has to pass.</param>
    /// <param name="way">What kind of traffic it is.</param>
    /// <param name="apply">Carried out at the leading member, on its clock.</param>
    /// <param name="answer">Told what came of it.</param>
    public void Ask<T>(NodeName from, Gate gate, StoreWay way, Func<OfficeTable, Instant, T> apply, Action<T> answer)
    {
        var there = world.Settings.Commit - world.Settings.Wire + Extra(from);
        var asked = _office;
        world.Time.After(there, () =>
        {
            if (!Reaches(from, way) || asked != _office)
            {
                return;
            }

            var done = apply(_office, Clock(Seat!.Value).Show(world.Time.Now));
            LookLater();
            TellVacant();
            world.Time.After(world.Settings.Wire, () =>
            {
                if (Reaches(from, way))
                {
                    gate.Do(() => answer(done));
                }
            });
        });
    }

    /// <summary>Claims the office: null when somebody holds it, or nothing can be written.</summary>
    public Epoch? Claim(OfficeTable office, long lease) => IsFull ? null : office.Claim(lease);

    /// <summary>False when the term does not hold the office, or nothing can be written: then nothing was.</summary>
    public bool Commit(OfficeTable office, Epoch term, Ledger ledger)
    {
        if (IsFull || !office.IsHeldIn(term))
        {
            return false;
        }

        Ledger = ledger;
        Commits++;
        return true;
    }

    /// <summary>
    /// Commits an operator's adoption of this state: every later term is beyond what nodes have obeyed. False as above.
    /// </summary>
    public bool Adopt(OfficeTable office, Epoch term, Ledger ledger, Epoch beyond)
    {
        var written = Commit(office, term, ledger);
        if (written)
        {
            office.GoBeyond(beyond);
        }

        return written;
    }

    /// <summary>Tells a node's controller, once, as soon as nobody holds the office and it can hear that.</summary>
    public void Watch(NodeName node, Action vacant)
    {
        _watchers[node] = vacant;
        world.Time.After(world.Settings.Wire, TellVacant);
    }

    /// <summary>The controller that watched is gone.</summary>
    public void Forget(NodeName node) => _watchers.Remove(node);

    private bool Reaches(NodeName from, StoreWay way) => !_cuts.Contains((from, way)) && Serves(from);

    private HostClock Clock(NodeName member) => world.Host(member).Clock;

    private bool CanSit(NodeName member) => world.RunsMember(world.Host(member)) && HasMajority(member);

    private bool HasMajority(NodeName member) => world.Members.Count(other =>
        world.RunsMember(other) && world.Network.Joins(member, other.Name)) * 2 > world.Members.Count;

    private void Elect()
    {
        _electing = false;
        if (Seat is { } still && CanSit(still))
        {
            return;
        }

        Seat = world.Members.Select(host => host.Name).Where(CanSit).Cast<NodeName?>().FirstOrDefault();
        if (Seat is { } seat)
        {
            _nextLook = Instant.Origin;
            _office.Extend(Clock(seat).Show(world.Time.Now));
            LookLater();
            TellVacant();
        }
    }

    /// <summary>Looks for ended leases, on a grid of the leading member's clock, when one can have ended.</summary>
    private void LookLater()
    {
        if (Seat is not { } seat || _office.NextEnd is not { } end)
        {
            return;
        }

        var shown = new Instant(Look * Math.Ceiling(end.SinceOrigin / Look));
        var due = Clock(seat).World(shown);
        if (_nextLook > world.Time.Now && _nextLook <= due)
        {
            return;
        }

        _nextLook = due;
        world.Time.At(due, () =>
        {
            if (_nextLook != due || Seat != seat || !CanSit(seat))
            {
                return;
            }

            _nextLook = Instant.Origin;
            _office.Expire(Clock(seat).Show(world.Time.Now));
            LookLater();
            TellVacant();
        });
    }

    private void TellVacant()
    {
        if (!_office.Vacant || Seat is null || _watchers.Count == 0)
        {
            return;
        }

        foreach (var (node, vacant) in _watchers.Where(w => Reaches(w.Key, StoreWay.Refresh)).ToList())
        {
            _watchers.Remove(node);
            world.Time.After(world.Settings.Wire, vacant);
        }
    }

    /// <summary>What slow links add: to the leading member and back, and to the nearest majority and back.</summary>
    private TimeSpan Extra(NodeName from)
    {
        if (Seat is not { } seat || !world.Network.IsFaulty)
        {
            return TimeSpan.Zero;
        }

        var others = world.Members.Where(other => world.RunsMember(other) && world.Network.Joins(seat, other.Name))
            .Select(other => world.Network.Slowness(seat, other.Name)).Order().ToList();
        var majority = world.Members.Count / 2;
        return 2 * (world.Network.Slowness(from, seat) + (others.Count > majority ? others[majority] : TimeSpan.Zero));
    }
}
