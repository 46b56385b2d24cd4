using Havm.Core.Leases;

namespace Havm.Core.Host.SelfFence;

/// <summary>Who this warden is and the terms it holds to.</summary>
public sealed record WardenSettings
{
    public required string Cluster { get; init; }

    public LeaseTerms Terms { get; init; } = LeaseTerms.Default;

    /// <summary>
    /// Silence at the gate after which the agent counts as not answering; at least three of its questions.
    /// </summary>
    public TimeSpan AgentSilence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long an announced departure is believed by the node itself: what is still here after that is not departing.
    /// The controller's hold limit for a reboot.
    /// </summary>
    public TimeSpan DepartureHolds { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long whoever announces a departure waits for any controller to answer; one that has answered may take
    /// longer to let the node go.
    /// </summary>
    public TimeSpan DepartureHeardWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two tries of a switch or a kill that did not work.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
