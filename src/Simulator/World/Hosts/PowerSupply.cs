using Havm.Model;
using Havm.Simulator.Fencing;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// What stands between a host and its power: the BMC that switches the machine, and the outlets that feed both; and
/// what makes storage refuse it.
/// </summary>
public sealed class PowerSupply(SimulatedHost host)
{
    /// <summary>The outlets of a PDU; what a node's object does not name nobody asks.</summary>
    public SimulatedBmc Outlets { get; } = new() { Uuid = "", Credentials = "pdu", Authority = "" };

    /// <summary>Storage that can refuse the node: On while it takes its writes.</summary>
    public SimulatedBmc Storage { get; } = new() { Uuid = "", Credentials = "storage", Authority = "" };

    /// <summary>Whom storage refuses in this node's place, its name having been mistaken; null: nobody.</summary>
    private SimulatedHost? _mistaken;

    /// <summary>What a method of the node's ladder speaks to.</summary>
    internal SimulatedBmc Of(FenceMethod method) =>
        method.CutsStorage ? Storage : method.SeesMachine ? host.Bmc : Outlets;

    /// <summary>
    /// Does what was ordered. Without outlets the BMC is dark too; with their power back the machine starts by itself.
    /// </summary>
    internal void Switch(FenceMethod method, bool on)
    {
        if (method.CutsStorage)
        {
            Storage.Obey(on ? PowerState.On : PowerState.Off);
            Refuse(!on);
            return;
        }

        if (!method.SeesMachine)
        {
            Outlets.Power = on ? PowerState.On : PowerState.Off;
            host.Bmc.HasPower = on;
        }

        if (on)
        {
            host.PowerOn("power-on", "order");
        }
        else
        {
            host.PowerOff("fence", "fence");
        }
    }

    /// <summary>From now on storage means another by this node's name; null: this one, as it should.</summary>
    internal void Mistake(SimulatedHost? other)
    {
        _mistaken?.RefuseStorage(_mistaken.Supply.Refuses);
        _mistaken = other == host ? null : other;
        host.RefuseStorage(_mistaken is null && Refuses);
        _mistaken?.RefuseStorage(Refuses || _mistaken.Supply.Refuses);
    }

    /// <summary>Somebody makes storage take its writes.</summary>
    internal void LetIn()
    {
        Storage.Power = PowerState.On;
        Refuse(false);
    }

    /// <summary>Who is meant by mistake may be refused in its own name besides.</summary>
    private void Refuse(bool refuses) =>
        (_mistaken ?? host).RefuseStorage(refuses || _mistaken is { Supply.Refuses: true });

    private bool Refuses => Storage.Power == PowerState.Off;

    /// <summary>Somebody has seen to it that the outlets have power.</summary>
    internal void Restore()
    {
        Outlets.Power = PowerState.On;
        host.Bmc.HasPower = true;
    }
}
