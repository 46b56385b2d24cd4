using Havm.Core;
using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Control;

namespace Havm.Simulator.Scenario.Running;

/// <summary>
/// Gives orders as a person would: one after the other, to whoever leads, again when a leader went before it
/// acknowledged, and until one is there.
/// </summary>
public sealed class Orders(VirtualWorld world)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly List<Given> _open = [];
    private readonly List<Input> _admitted = [];
    private readonly List<Input> _doubtful = [];
    private readonly List<Func<long, Input>> _behind = [];
    private bool _trying;
    private readonly List<Input> _later = [];

    /// <summary>Given and not acknowledged yet.</summary>
    public int Pending => _open.Count + _later.Count + _behind.Count;

    /// <summary>Those: they may stand already.</summary>
    public IEnumerable<Input> Open => _open.Select(given => given.Asked);

    /// <summary>Refused, after a leader had been told that went without an answer: they may stand.</summary>
    public IReadOnlyList<Input> Doubtful => _doubtful;

    /// <summary>Acknowledged as accepted, in that order.</summary>
    public IReadOnlyList<Input> Admitted => _admitted;

    public void Give(Func<long, Input> order)
    {
        GiveWhatWaited();
        if (IsToCome(NameOf(order(0))))
        {
            _behind.Add(order);
            KeepTrying();
        }
        else
        {
            Say(order);
        }
    }

    /// <summary>Gives it only after a while; what is ordered about the same VM meanwhile waits behind it.</summary>
    public void Give(Func<long, Input> order, TimeSpan later)
    {
        var asked = order(0);
        _later.Add(asked);
        world.Time.After(later, () =>
        {
            _later.Remove(asked);
            Say(order);
        });
    }

    private void Say(Func<long, Input> order)
    {
        _open.Add(new Given(order));
        Try();
        KeepTrying();
    }

    private void KeepTrying()
    {
        if (!_trying)
        {
            _trying = true;
            world.Time.After(Again, TryAgain);
        }
    }

    /// <summary>
    /// Nobody orders anything about a VM before it is there; one that was added while automation is off is made later.
    /// </summary>
    private bool IsToCome(string? vm) => vm is not null
        && !world.Store.Ledger.Instances.ContainsKey(new InstanceName(vm))
        && (_later.Concat(Open.OfType<SpecsSubmitted>()).Any(asked => NameOf(asked) == vm)
            || world.Store.Ledger.Specs.ContainsKey(new SpecKey("VirtualMachine", vm).ToString()));

    private void GiveWhatWaited()
    {
        foreach (var order in _behind.Where(order => !IsToCome(NameOf(order(0)))).ToList())
        {
            _behind.Remove(order);
            Say(order);
        }
    }

    private static string? NameOf(Input order) => order switch
    {
        InstanceOrder about => about.Instance.Value,
        MoveOrder move => move.Instance.Value,
        SpecsDeleted { Keys: [var key] } => key.Name,
        SpecsSubmitted { Objects: [var one] } => one.Metadata.Name,
        _ => null,
    };

    private void TryAgain()
    {
        GiveWhatWaited();
        Try();
        _trying = _open.Count + _behind.Count > 0;
        if (_trying)
        {
            world.Time.After(Again, TryAgain);
        }
    }

    /// <summary>All that this leader was not told, in order: a later order never overtakes an earlier one.</summary>
    private void Try()
    {
        if (world.Leader is not { } leader)
        {
            return;
        }

        foreach (var given in _open.Where(given => given.To != leader).ToList())
        {
            given.To = leader;
            given.Told++;
            leader.Order(given.Order, outcome => Answered(given, outcome));
        }
    }

    private void Answered(Given given, OrderOutcome outcome)
    {
        if (_open.Remove(given) && outcome.Accepted)
        {
            _admitted.Add(given.Asked);
        }
        else if (given.Told > 1)
        {
            _doubtful.Add(given.Asked);
        }

        GiveWhatWaited();
        foreach (var error in outcome.Errors)
        {
            world.Witness.Refused(error.ToString());
        }
    }

    private sealed class Given(Func<long, Input> order)
    {
        public Func<long, Input> Order => order;

        /// <summary>The order as it is, whatever number a leader's desk gives it.</summary>
        public Input Asked { get; } = order(0);

        /// <summary>The last leader it was told.</summary>
        public SimulatedController? To { get; set; }

        /// <summary>How many leaders were told.</summary>
        public int Told { get; set; }
    }
}
