using Havm.Core.Leases;
using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// A watchdog independent of its machine: not fed for its time, it ends the machine's power. Looked at only when it
/// could bite.
/// </summary>
public sealed class SimulatedWatchdog(VirtualTime time, Action bite)
{
    private Instant _fed;
    private bool _armed;

    public bool Armed => _armed;

    public void Feed()
    {
        _fed = time.Now;
        if (!_armed)
        {
            _armed = true;
            LookAgain();
        }
    }

    /// <summary>Its machine has no power: there is nothing to end.</summary>
    public void Disarm() => _armed = false;

    private void LookAgain() => time.At(_fed + LeaseTerms.Default.Watchdog, () =>
    {
        if (!_armed)
        {
            return;
        }

        if (time.Now - _fed >= LeaseTerms.Default.Watchdog)
        {
            _armed = false;
            bite();
        }
        else
        {
            LookAgain();
        }
    });
}
