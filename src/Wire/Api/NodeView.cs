using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>A node as the controller knows it.</summary>
public sealed record NodeView
{
    public required string Name { get; init; }

    public required string Rack { get; init; }

    /// <summary>"joining", "up", "suspect", "lost", "dead", ...: the liveness room's word in camelCase.</summary>
    public required string Phase { get; init; }

    public required bool Settled { get; init; }

    public Reason? Reason { get; init; }

    /// <summary>The boot that is judged; what <c>confirm-dead</c> must name.</summary>
    public string? BootId { get; init; }

    /// <summary>Virtual CPUs given away, and those there are.</summary>
    public int CpusUsed { get; init; }

    public int Cpus { get; init; }

    public long MemoryUsedBytes { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>Names of the instances that hold a seat here.</summary>
    public ImmutableArray<string> Instances { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The first of <see cref="Fencing"/>; null: it has none.</summary>
    public BmcView? Bmc { get; init; }

    /// <summary>Every method of its ladder, in order.</summary>
    public ImmutableArray<BmcView> Fencing { get; init => field = value.OrEmpty(); } = [];

    /// <summary>"none", "independent" or "trustWarden".</summary>
    public string Watchdog { get; init; } = "none";

    /// <summary>False while the agent's stream is down or silent, though the warden may be heard.</summary>
    public bool AgentConnected { get; init; }

    public bool WardenConnected { get; init; }

    /// <summary>"fit", "probation", "quarantine", "outForRepair" or "retired": an axis apart from its phase.</summary>
    public string Fitness { get; init => field = value ?? "fit"; } = "fit";

    /// <summary>When that ends by itself; null: it does not, or has not begun to run.</summary>
    public DateTimeOffset? FitAt { get; init; }

    /// <summary>The last diagnosis; null: there was none.</summary>
    public DiagnosisView? Diagnosis { get; init; }

    public ImmutableArray<ConditionView> Conditions { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The last heartbeat of agent or warden.</summary>
    public Moment? Confirmed { get; init; }
}

/// <summary>The node's BMC, or what else switches it or has storage refuse it, and what it last said.</summary>
/// <param name="Url">Where it is reached: a URL, or an agent with its parameters.</param>
/// <param name="Power">"on", "off" or "unknown"; of storage, on means that it takes the node's writes.</param>
/// <param name="Confirmed">When it said so.</param>
public sealed record BmcView(string Url, string Power, Moment? Confirmed)
{
    /// <summary>Why it stated nothing, or is not believed; null: it is well.</summary>
    public string? Trouble { get; init; }

    /// <summary>The datastores that it has refuse the node; empty: it switches power.</summary>
    public ImmutableArray<string> Datastores { get; init => field = value.OrEmpty(); } = [];
}

/// <summary>A diagnosis of a node.</summary>
/// <param name="Outcome">"running", "passed", "failed", "unanswered" or "waived".</param>
/// <param name="OrderedAt">UTC.</param>
/// <param name="EndedAt">UTC; null: it is under way.</param>
/// <param name="Message">Why, or what came of it.</param>
/// <param name="Findings">One for each thing that was looked at.</param>
public sealed record DiagnosisView(
    string Outcome, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt, string Message,
    ImmutableArray<DiagnosisFindingView> Findings);

/// <param name="Check">Which check.</param>
/// <param name="Of">Which part; empty where there is one.</param>
/// <param name="Result">"pass", "fail" or "cannotTell".</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">The one thing to do; empty where there is nothing to do.</param>
public sealed record DiagnosisFindingView(string Check, string Of, string Result, string Message, string Remedy);
