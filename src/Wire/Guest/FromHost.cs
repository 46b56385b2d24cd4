using System.Text.Json.Serialization;

namespace Havm.Wire.Guest;

/// <summary>
/// Tells the guest who it is and what to run. Idempotent: the same command and environment restart nothing, a new
/// probe, restart rule or beat period takes effect in place, another command or environment replaces the role.
/// A generation lower than one already heard is refused with an error.
/// </summary>
/// <param name="Instance">The instance's name.</param>
/// <param name="Generation">The seat number, the fencing token; 1 or more.</param>
/// <param name="Role">What to supervise; null for a guest that runs no role: it is ready right away.</param>
/// <param name="BeatPeriod">Time between beats, 0.1 s to 1 h; null keeps the agent's own default of 15 s.</param>
/// <param name="RoleRestarts">
/// Grows with every order to restart the role: one above the last that this agent was told restarts it once, and the
/// first that it is told restarts nothing. Null: none was ever ordered.
/// </param>
/// <param name="EndpointTrouble">
/// What the load balancer's probe of this guest met; null: it is answered, or nobody asks. Noted on the console.
/// </param>
/// <param name="Notice">What is planned with this guest; null: nothing.</param>
public sealed record ConfigureMessage(
    string Instance, long Generation, RoleSpec? Role = null, TimeSpan? BeatPeriod = null, long? RoleRestarts = null,
    string? EndpointTrouble = null, NoticeSpec? Notice = null) : GuestMessage
{
    public const string Name = "configure";
}

/// <summary>Stop the role, flush the disks, power off.</summary>
/// <param name="Grace">Time the role has between SIGTERM and SIGKILL; 0 kills at once, 1 h at most.</param>
public sealed record ShutdownMessage([property: JsonPropertyName("graceSeconds")] TimeSpan Grace) : GuestMessage
{
    public const string Name = "shutdown";
}

/// <summary>Asks for a <see cref="PongMessage"/> of the same id.</summary>
public sealed record PingMessage(long Id) : GuestMessage
{
    public const string Name = "ping";
}
