namespace Havm.Model;

/// <summary>One sign of life or trouble.</summary>
/// <param name="Kind">What.</param>
/// <param name="Detail">For people: how it ended and the log's last line, the event's data.</param>
public sealed record MachineSign(MachineSignKind Kind, string Detail = "");

public enum MachineSignKind
{
    /// <summary>vCPUs run (RESUME, or found running).</summary>
    Running,

    /// <summary>vCPUs are held (STOP).</summary>
    Held,

    /// <summary>
    /// An earlier life of the agent ended while it dumped the guest's memory: if it is held, nobody else holds it.
    /// </summary>
    HeldForDump,

    /// <summary>The guest agent spoke: alive. Told at most ten times a second.</summary>
    GuestBeat,

    /// <summary>The guest agent says ready.</summary>
    GuestReady,

    /// <summary>The guest agent says its application is not healthy any more.</summary>
    GuestNotReady,

    /// <summary>Its guest agent says that the program is down, or ill, and restarts it.</summary>
    RoleDown,

    /// <summary>Its guest agent says that the program has used up its restarts and stays down.</summary>
    RoleGivenUp,

    /// <summary>Its guest has asked within a day what is planned with it.</summary>
    ReadsNotices,

    /// <summary>It has not, or not any more.</summary>
    ReadsNoNotices,

    /// <summary>What is planned with it may begin, says its guest; the detail is the notice's id.</summary>
    NoticeApproved,

    /// <summary>
    /// What its program wrote last, says its guest agent: the detail has the lines, bounded, without control
    /// characters.
    /// </summary>
    RoleLog,

    /// <summary>GUEST_PANICKED.</summary>
    Panic,

    /// <summary>The guest's watchdog device fired.</summary>
    Watchdog,

    /// <summary>The guest shut down or rebooted by itself.</summary>
    GuestShutdown,

    /// <summary>A disk error stopped it (werror/rerror).</summary>
    IoError,

    /// <summary>A disk error stopped it, because there is no room left for what it writes.</summary>
    NoSpace,

    /// <summary>
    /// A disk error stopped it, because the file that it has open is gone for good: what it was mounted from has ended,
    /// or serves another file now. Only a fresh process can open it anew.
    /// </summary>
    DiskHandleDead,

    /// <summary>The process is gone. Always the last sign of a machine.</summary>
    Exited,
}
