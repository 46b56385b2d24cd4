using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// An announced shutdown or reboot. Whoever announces it is answered once a controller has answered a beat that tells
/// it: from then on the silence gives no verdict. A node that is still here after the hold limit is not departing:
/// somebody called the shutdown off and told nobody.
/// </summary>
public sealed partial class WardenMachine
{
    private AnnouncedDeparture? _departure;

    /// <summary>Who waits until a controller has answered the beat of this number.</summary>
    private (long Request, long Sequence)? _departureAsked;

    private void Depart(Instant now, WardenInput.DepartAsked asked)
    {
        if (_departureAsked is { } earlier)
        {
            Reply(now, earlier.Request, granted: false, Gate("replaced", "another announcement came after this one"));
        }

        _departure = asked.Departure is { } notice
            ? new AnnouncedDeparture(notice, now + _settings.DepartureHolds)
            : null;
        Changed();

        // The beat of this very step carries it.
        _nextBeat = now;
        _departureAsked = (asked.Request, _sequence + 1);
    }

    private void DepartureIsAnswered(Instant now, WardenInput.ControllerSpoke spoke)
    {
        if (_departureAsked is { } asked && spoke.Lease && spoke.Answers >= asked.Sequence
            && spoke.Answers <= _sequence)
        {
            _departureAsked = null;
            Reply(now, asked.Request, granted: true, Gate(
                "told", $"controller {spoke.Controller} knows that this node {Words(_departure?.Notice)}"));
        }
    }

    private void ForgetStaleDeparture(Instant now)
    {
        if (_departure is { } announced && now >= announced.Until)
        {
            _departure = null;
            Changed();
            Tell(Gate("departureStale",
                $"a {(announced.Notice.Reboot ? "reboot" : "shutdown")} was announced "
                    + $"{_settings.DepartureHolds.TotalMinutes:0} min ago and has not come: it is taken back"));
        }
    }

    private static string Words(DepartureNotice? notice) => notice switch
    {
        null => "stays",
        { Reboot: true } => "is going to reboot",
        { Reboot: false } => "is going to be shut down",
    };
}
