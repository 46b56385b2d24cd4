namespace Havm.Model;

/// <summary>What is planned with an instance, and not before when: its guest is told ahead.</summary>
/// <param name="Id">One plan of one instance; another plan has another.</param>
/// <param name="Kind">What is planned.</param>
/// <param name="Left">
/// How long it still does not begin, as the goal is sent. Time left and no time of day: guest, node and controller
/// agree on no clock.
/// </param>
/// <param name="ByPerson">Somebody ordered it for this very instance; else automation or maintenance wants it.</param>
/// <param name="Why">In words.</param>
public sealed record GuestNotice(string Id, NoticeKind Kind, TimeSpan Left, bool ByPerson, string Why);

/// <summary>What a guest is told ahead of.</summary>
public enum NoticeKind
{
    /// <summary>It is shut down and started again where it is.</summary>
    Restart,

    /// <summary>It is shut down and started again on another node.</summary>
    Move,

    /// <summary>It is shut down, and stays so.</summary>
    Stop,
}
