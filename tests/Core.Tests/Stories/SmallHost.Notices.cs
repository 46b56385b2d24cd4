using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Guests that ask what is planned with them.</summary>
internal sealed partial class SmallHost
{
    /// <summary>Whether guests of this host ask; null: their agents have said nothing.</summary>
    public bool? GuestsRead { get; set; }

    /// <summary>They approve whatever they read of.</summary>
    public bool GuestsApprove { get; set; }

    /// <summary>What the node was told for a guest; null: nothing.</summary>
    public GuestNotice? NoticeOf(string instance) =>
        _goal?.Seats.FirstOrDefault(seat => seat.Machine.Instance.Value == instance)?.Notice;

    private InstanceReport Noticed(InstanceReport report) => report with
    {
        ReadsNotices = GuestsRead, Approved = GuestsApprove ? NoticeOf(report.Instance.Value)?.Id : null,
    };
}
