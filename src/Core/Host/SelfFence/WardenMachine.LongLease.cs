using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// The long lease: granted before a planned stop of the controller, it has a fixed end, and P and K count from there
/// instead. Taking it waits for nothing, but it is only told as held, or as ended, once that is on disk: a promise of
/// either kind must outlive this process.
/// </summary>
public sealed partial class WardenMachine
{
    /// <summary>No controller grants more; what says so is not believed further than this.</summary>
    private static readonly TimeSpan LongestLongLease = Leases.LongLeaseRule.Most;

    private HeldLongLease? _longLease;
    private LongLeaseName _longLeaseEnded;
    private LongLeaseSeen _longLeaseKept = LongLeaseSeen.Nothing;

    private LongLeaseSeen LongLeaseNow => new(_longLease?.Name ?? LongLeaseName.None, _longLeaseEnded);

    /// <summary>From when the lease's age counts: the last answered sending or, if later, a long lease's end.</summary>
    private Instant? LeaseCountsFrom => Later(_leaseFrom, _longLease?.Until);

    private static Instant? Later(Instant? a, Instant? b) =>
        a is { } one && b is { } other ? Instant.Max(one, other) : a ?? b;

    private void RememberLongLease(WardenLedger kept)
    {
        _longLease = kept.LongLease;
        _longLeaseEnded = kept.LongLeaseEnded;
        _longLeaseKept = LongLeaseNow;
    }

    /// <summary>An obeyed controller's word on it; <paramref name="sent"/> is when the beat it answers left.</summary>
    private void HearLongLease(WardenInput.ControllerSpoke spoke, Instant? sent)
    {
        if (spoke.LongLease is not { } word || word.Name.Epoch > spoke.Epoch)
        {
            return;
        }

        if (word.Remaining is null)
        {
            EndLongLease(word.Name);
        }
        else if (sent is { } at && word.Remaining is { } remaining && remaining > TimeSpan.Zero
            && word.Name.Epoch == spoke.Epoch && word.Name > _longLeaseEnded
            && word.Name > (_longLease?.Name ?? LongLeaseName.None))
        {
            var length = remaining < LongestLongLease ? remaining : LongestLongLease;
            _longLease = new HeldLongLease(word.Name, at + length);
            Changed();
            Tell(new Reason("lease", "longLease",
                $"controller {spoke.Controller} grants long lease {word.Name} for {length.TotalSeconds:0} s: "
                    + "the lease's age counts from its end"));
        }
    }

    /// <summary>What is ended is never taken again, however late its grant comes.</summary>
    private void EndLongLease(LongLeaseName name)
    {
        if (name <= _longLeaseEnded)
        {
            return;
        }

        _longLeaseEnded = name;
        if (_longLease is { } held && held.Name <= name)
        {
            _longLease = null;
            Tell(new Reason("lease", "longLeaseEnded", $"long lease {held.Name} is ended by order"));
        }

        Changed();
    }
}
