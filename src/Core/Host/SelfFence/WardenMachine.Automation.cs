using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// Automation that an operator has switched off. While it is, the lease's age ends and pauses nothing and the watchdog
/// is fed; what was withdrawn is ended still, because it may run elsewhere by now. When it is on again the lease counts
/// from that moment at the earliest: the controller takes no lease for a proof until T after this was acknowledged.
/// </summary>
public sealed partial class WardenMachine
{
    private Automation? _automation;
    private Instant? _rearmedAt;

    private bool Held => _automation is { Holds: true };

    /// <summary>
    /// The age that ends and pauses: the lease's or, if younger, that of automation. It opens no gate, and null is
    /// older than any.
    /// </summary>
    private TimeSpan? EndAge(Instant now) => now - Later(LeaseCountsFrom, _rearmedAt);

    /// <summary>Words only go forward; a goal without one says nothing.</summary>
    private void TakeAutomation(Instant now, Automation? word)
    {
        if (word is null || (_automation is { } before && before.IsFrom(word)))
        {
            return;
        }

        _rearmedAt = Held && !word.Holds ? now : _rearmedAt;
        _automation = word;
        Changed();
        Tell(Gate("automation", word.Holds
            ? $"automation is disarmed ({Automation.NameOf(word.Mode)}): the lease's end stops nothing here"
            : "automation is on: what the lease binds ends with it"));
    }
}
