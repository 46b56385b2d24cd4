using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>One seat under the warden's hand.</summary>
internal sealed class WardenSeat(SeatRecord record)
{
    public InstanceName Instance { get; } = record.Instance;

    public Generation Generation { get; } = record.Generation;

    public IsolationPolicy Isolation { get; set; } = record.Isolation;

    public string? Socket { get; } = record.Socket;

    public SeatPhase Phase { get; private set; } = record.Phase;

    /// <summary>The lease's end caused where the seat stands.</summary>
    public bool ByLease { get; private set; }

    /// <summary>Processes were in its cgroup when it was last read.</summary>
    public bool Alive { get; private set; }

    /// <summary>The switch order under way; one at a time, so that a late release can never follow a hold.</summary>
    public SwitchVerb? Turning { get; set; }

    /// <summary>The gate request that waits for the switch, 0 for none.</summary>
    public long TurnRequest { get; set; }

    /// <summary>A shutdown was asked of the guest; asking twice could cancel it in some guests.</summary>
    public bool ShutdownAsked { get; set; }

    public bool Killing { get; set; }

    /// <summary>Gate requests that wait until the end is verified.</summary>
    public List<long> EndRequests { get; } = [];

    /// <summary>
    /// Nothing is turned or killed again before this: a monitor that does not answer is not hammered.
    /// </summary>
    public Instant RetryAt { get; set; } = Instant.Origin;

    public SeatRecord Record => new(Instance, Generation, Isolation, Socket, Phase);

    public SeatView View => new(Instance, Generation, Phase, ByLease);

    /// <summary>Applies the table; true when the phase changed.</summary>
    public bool Apply(SeatEvent happened, bool byLease = false)
    {
        if (happened is SeatEvent.SeenAlive or SeatEvent.SeenGone)
        {
            Alive = happened is SeatEvent.SeenAlive;
        }
        else if (happened is SeatEvent.VerifiedEmpty)
        {
            Alive = false;
        }

        var next = SeatTable.Next(Phase, happened);
        if (next == Phase)
        {
            return false;
        }

        // The first cause stays: a machine paused by lease and then killed at K was ended by lease.
        ByLease = next is not (SeatPhase.Running or SeatPhase.Resuming) && (ByLease || byLease);
        Phase = next;
        return true;
    }
}
