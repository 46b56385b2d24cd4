using Havm.Model;

namespace Havm.Simulator.Fencing;

/// <summary>How a simulated BMC behaves.</summary>
public enum SimulatedBmcBehaviour
{
    /// <summary>Does and says what is true.</summary>
    Truthful,

    /// <summary>Answers nothing.</summary>
    Dead,

    /// <summary>Accepts every order, acts on none, and says Off.</summary>
    Lying,

    /// <summary>Accepts every order, acts on none, and says what is true.</summary>
    Lazy,

    /// <summary>Does what it is ordered, and says Off every other time it is asked.</summary>
    Flickering,
}

/// <summary>One node's management controller and the power it switches.</summary>
public sealed class SimulatedBmc
{
    public required string Uuid { get; init; }

    /// <summary>What a spec's credentialsFile must say; the twin has no files.</summary>
    public required string Credentials { get; init; }

    /// <summary>What a spec's caFile must say.</summary>
    public required string Authority { get; init; }

    public SimulatedBmcBehaviour Behaviour { get; set; }

    /// <summary>It has power of its own; without it answers nothing, whatever it would do.</summary>
    public bool HasPower { get; set; } = true;

    internal bool Answers => HasPower && Behaviour != SimulatedBmcBehaviour.Dead;

    /// <summary>The node's real power; Unknown while it goes down by itself.</summary>
    public PowerState Power { get; set; } = PowerState.On;

    /// <summary>Power orders carried out so far.</summary>
    public int Orders { get; private set; }

    /// <summary>It does what it is ordered.</summary>
    internal bool Acts => Behaviour is SimulatedBmcBehaviour.Truthful or SimulatedBmcBehaviour.Flickering;

    internal PowerState Stated => Behaviour switch
    {
        SimulatedBmcBehaviour.Lying => PowerState.Off,
        SimulatedBmcBehaviour.Flickering => _asked++ % 2 == 0 ? PowerState.Off : Power,
        SimulatedBmcBehaviour.Truthful or SimulatedBmcBehaviour.Dead or SimulatedBmcBehaviour.Lazy => Power,
    };

    private int _asked;

    internal void Obey(PowerState wanted)
    {
        if (Acts)
        {
            Power = wanted;
            Orders++;
        }
    }
}
