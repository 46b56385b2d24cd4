using Havm.Core.Leaders;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.World.Hosts;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.World.Control;

/// <summary>
/// One life of the controller process of a node: the production <see cref="ElectionDecider"/>, with its questions asked
/// of the simulated store, and the term that it leads while it holds the office.
/// </summary>
public sealed class SimulatedReplica
{
    private static readonly LeadershipTerms Terms = LeadershipTerms.Default;

    private readonly VirtualWorld _world;
    private readonly HostClock _clock;
    private Candidacy _candidacy = Candidacy.Begin;
    private Instant? _wakeAt;
    private bool _over;

    public SimulatedReplica(VirtualWorld world, SimulatedHost host)
    {
        _world = world;
        _clock = host.Clock;
        Home = host.Name;
        Gate = new Gate(world.Time, host.Clock, host.Gate);
    }

    /// <summary>The node it runs on.</summary>
    public NodeName Home { get; }

    /// <summary>All that this process does passes here.</summary>
    public Gate Gate { get; }

    /// <summary>The term it leads; null while it does not.</summary>
    public SimulatedController? Term { get; private set; }

    /// <summary>Until when it may act, on its own clock; null while it does not lead.</summary>
    public Instant? LeadsUntil => _candidacy.LeadsUntil(Terms);

    private Instant Now => _clock.Show(_world.Time.Now);

    public void Begin() => Gate.Do(() => Step(new ElectionInput.Tick()));

    /// <summary>The process is gone, without a word to anybody.</summary>
    public void End()
    {
        _over = true;
        _world.Store.Forget(Home);
        Term?.End();
        Term = null;
    }

    /// <summary>It stood still and goes on: its own clock tells it so before it reads anything.</summary>
    public void StoodStill(TimeSpan gap) => Term?.StoodStill(gap);

    /// <summary>
    /// Commits in the term's own name. A commit that is not acknowledged ends the term, though it may be durable.
    /// </summary>
    /// <param name="term">Whose.</param>
    /// <param name="ledger">The state to be.</param>
    /// <param name="durable">It is durable, whoever learns of that.</param>
    /// <param name="acknowledged">It is known to be, and the term still leads.</param>
    public void Commit(Epoch term, Ledger ledger, Action durable, Action acknowledged) => Commit(
        term, office => _world.Store.Commit(office, term, ledger), durable, acknowledged);

    /// <summary>
    /// Commits an operator's adoption of the state. The terms after it are beyond what nodes have obeyed, so this one
    /// is over with it, and its process campaigns anew.
    /// </summary>
    public void Adopt(Epoch term, Ledger ledger, Epoch beyond, Action durable) => Commit(
        term, office => _world.Store.Adopt(office, term, ledger, beyond), durable, _world.CrashLeader);

    private void Commit(Epoch term, Func<OfficeTable, bool> transaction, Action durable, Action acknowledged)
    {
        var open = true;
        _world.Store.Ask(
            Home, Gate, StoreWay.ReadWrite, (office, _) => Write(office), Answered);
        Gate.After(_world.Settings.CommitPatience, () => Answered(false));

        bool Write(OfficeTable office)
        {
            var written = transaction(office);
            if (written)
            {
                durable();
            }

            return written;
        }

        void Answered(bool committed)
        {
            if (!open)
            {
                return;
            }

            open = false;
            Step(committed ? new ElectionInput.Tick() : new ElectionInput.CommitFailed(term));
            if (committed && Term is { InOffice: true } leading && leading.Epoch == term)
            {
                acknowledged();
            }
        }
    }

    private void Step(ElectionInput input)
    {
        if (_over)
        {
            return;
        }

        var (after, effects) = ElectionDecider.Decide(_candidacy, input, Terms, Now);
        _candidacy = after;
        foreach (var effect in effects)
        {
            CarryOut(effect);
        }

        Term?.Confirmed(LeadsUntil);
    }

    private void CarryOut(ElectionEffect effect)
    {
        var store = _world.Store;
        switch (effect)
        {
            case ElectionEffect.Watch:
                store.Watch(Home, () => Gate.Do(() => Step(new ElectionInput.OfficeVacant())));
                break;
            case ElectionEffect.AskLease ask:
                store.Ask(Home, Gate, StoreWay.Refresh, (office, now) => office.Grant(now, ask.Ttl),
                    lease => Step(new ElectionInput.LeaseGiven(ask.Question, lease)));
                break;
            case ElectionEffect.Claim claim:
                store.Ask(Home, Gate, StoreWay.ReadWrite, (office, _) => store.Claim(office, claim.Lease),
                    won => Step(new ElectionInput.ClaimAnswered(claim.Question, won)));
                break;
            case ElectionEffect.KeepAlive keep:
                store.Ask(Home, Gate, StoreWay.Refresh, (office, now) => office.KeepAlive(now, keep.Lease),
                    alive => Step(new ElectionInput.KeptAlive(keep.Question, alive)));
                break;
            case ElectionEffect.Revoke revoke:
                store.Ask(Home, Gate, StoreWay.Refresh, (office, _) => Revoke(office, revoke.Lease), _ => { });
                break;
            case ElectionEffect.TakeOffice take:
                Term = new SimulatedController(_world, this, take.Epoch);
                _world.OfficeChanged(this);
                Term.Begin();
                break;
            case ElectionEffect.LeaveOffice:
                Term?.End();
                Term = null;
                _world.OfficeChanged(null);
                break;
            case ElectionEffect.WakeAt wake:
                WakeAt(wake.At);
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    private static bool Revoke(OfficeTable office, long lease)
    {
        office.Revoke(lease);
        return true;
    }

    /// <summary>One wake-up at a time: the one asked for last.</summary>
    private void WakeAt(Instant at)
    {
        if (_wakeAt == at)
        {
            return;
        }

        _wakeAt = at;
        Gate.At(at, () =>
        {
            if (_wakeAt == at)
            {
                _wakeAt = null;
                Step(new ElectionInput.Tick());
            }
        });
    }
}
