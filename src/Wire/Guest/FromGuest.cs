namespace Havm.Wire.Guest;

/// <summary>
/// The first line of every connection, and the answer to every <see cref="ConfigureMessage"/>. Instance and
/// generation are null until the guest has been configured, which tells a re-adopting host whether it must.
/// </summary>
/// <param name="Agent">The program that speaks, e.g. <c>havm-guest-agent</c>.</param>
/// <param name="Version">The program's version.</param>
/// <param name="BootId">The guest kernel's boot id: another id is another boot of the same instance.</param>
/// <param name="Uptime">Time since the guest's kernel started.</param>
public sealed record HelloMessage(
    string Agent, string Version, string BootId, TimeSpan Uptime, string? Instance = null, long? Generation = null)
    : GuestMessage
{
    public const string Name = "hello";
}

/// <summary>Sign of life, once every beat period.</summary>
/// <param name="Seq">Counts up by one from 1 while the agent lives; survives a change of connection.</param>
/// <param name="Ready">True while the guest is ready: configured, and its role (if any) passes its probe.</param>
/// <param name="Role">The role as it stands; null where none is configured.</param>
public sealed record BeatMessage(long Seq, TimeSpan Uptime, bool Ready, RoleReport? Role = null) : GuestMessage
{
    public const string Name = "beat";
}

/// <summary>
/// The guest was ready for the first time in this boot. Sent at that moment, and again after the hello of every
/// later connection while it is ready, always with the uptime of that first moment: a host that was away learns it too.
/// </summary>
public sealed record ReadyMessage(TimeSpan Uptime) : GuestMessage
{
    public const string Name = "ready";
}

/// <summary>The role changed state, restart count or readiness; sent at once.</summary>
public sealed record RoleStateMessage(TimeSpan Uptime, RoleReport Role) : GuestMessage
{
    public const string Name = "roleState";
}

/// <summary>
/// What the role wrote last on its standard output and error, the whole of it that the agent keeps. Sent before what it
/// explains (the role's end, its failed probe), else once every few seconds while it writes, and after the hello of
/// every later connection.
/// </summary>
/// <param name="Lines">Oldest first; the last may not be finished.</param>
public sealed record RoleLogMessage(IReadOnlyList<string> Lines) : GuestMessage
{
    public const string Name = "roleLog";
}

/// <summary>
/// Who in the guest wants to be told ahead, and what it says to that. Sent when it changes, and after the hello of
/// every later connection of an agent that was asked once.
/// </summary>
/// <param name="Read">The scheduled events were asked for within a day.</param>
/// <param name="Approved">The id of the last notice that may begin at once; null: none.</param>
public sealed record NoticesMessage(bool Read, string? Approved = null) : GuestMessage
{
    public const string Name = "notices";
}

/// <summary>The answer to <see cref="PingMessage"/> of the same id.</summary>
public sealed record PongMessage(long Id) : GuestMessage
{
    public const string Name = "pong";
}

/// <summary>A line that could not be obeyed; nothing was changed by it.</summary>
/// <param name="About">What the line was about: its type, or <c>line</c> where none could be read.</param>
/// <param name="Reason">One sentence for a person.</param>
public sealed record ErrorMessage(string About, string Reason) : GuestMessage
{
    public const string Name = "error";
}
