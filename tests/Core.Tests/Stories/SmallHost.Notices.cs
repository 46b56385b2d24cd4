using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Guests that ask what is planned with them.</summary>
internal sealed partial class SmallHost
{
    /// <summary>Whether guests of this host ask; null: their agents have said nothing.</summary>
    public bool? GuestsRead { get; set; }

    /// <summary>They approve whatever they read of.</summary>
    public bool GuestsApprove { get; set; }

    /// <summary>They shut down as soon as they read of something.</summary>
    public bool GuestsGoAhead { get; set; }

    /// <summary>What the node was told for a guest; null: nothing.</summary>
    public GuestNotice? NoticeOf(string instance) =>
        _goal?.Seats.FirstOrDefault(seat => seat.Machine.Instance.Value == instance)?.Notice;

    private bool WentAhead(SeatGoal seat) => GuestsGoAhead && seat.Notice is not null;

    private InstanceReport Noticed(InstanceReport report) => report with
    {
        ReadsNotices = GuestsRead,
        Approved = GuestsApprove || GuestsGoAhead ? NoticeOf(report.Instance.Value)?.Id : null,
    };
}
