using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// An announced shutdown or reboot. Whoever announces it is answered once a controller has put it on record: by policy
/// that is at once, or when nothing is left here that could move away. From then on the silence gives no verdict. A
/// node that is still here after the hold limit is not departing: somebody called the shutdown off and told nobody.
/// </summary>
public sealed partial class WardenMachine
{
    private AnnouncedDeparture? _departure;

    /// <summary>Who waits for a controller's word on a departure that the beat of this number told first.</summary>
    private (long Request, long Sequence)? _departureAsked;

    /// <summary>When that is given up for want of any answer; null: a controller has answered, and decides.</summary>
    private Instant? _departureUnheard;

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
        _departureUnheard = now + _settings.DepartureHeardWithin;
    }

    private void DepartureIsAnswered(Instant now, WardenInput.ControllerSpoke spoke)
    {
        if (_departureAsked is not { } asked || !spoke.Lease || spoke.Answers < asked.Sequence
            || spoke.Answers > _sequence)
        {
            return;
        }

        _departureUnheard = null;
        if (spoke.Departs || _departure is null)
        {
            _departureAsked = null;
            Reply(now, asked.Request, granted: true, Gate(
                "told", $"controller {spoke.Controller} knows that this node {Words(_departure?.Notice)}"));
        }
    }

    private void GiveUpUnheardDeparture(Instant now)
    {
        if (_departureAsked is { } asked && now >= _departureUnheard)
        {
            (_departureAsked, _departureUnheard) = (null, null);
            Reply(now, asked.Request, granted: false, Gate("unheard",
                $"no controller has answered within {_settings.DepartureHeardWithin.TotalSeconds:0} s; "
                    + "the announcement goes on with every beat"));
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
