using System.Collections.Immutable;
using System.Text.Json;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>Many of one kind, and the place in the event stream from which a watcher goes on without a gap.</summary>
public sealed record ListView<T>
{
    public required ImmutableArray<T> Items { get; init; }

    /// <summary>Sequence number of the newest event that this answer already shows.</summary>
    public long AtEvent { get; init; }

    /// <summary>When the controller made the answer.</summary>
    public required Moment Confirmed { get; init; }
}

/// <summary>Any object: the wish as it was written and how it stands.</summary>
public sealed record ObjectView
{
    public string ApiVersion { get; init; } = "havm/v1";

    public required string Kind { get; init; }

    public required MetadataView Metadata { get; init; }

    /// <summary>The spec in the layout in which people write it.</summary>
    public required JsonElement Spec { get; init; }

    public required StatusView Status { get; init; }
}

/// <summary>What every object carries beside its spec.</summary>
/// <param name="Revision">Grows with every change of the spec.</param>
public sealed record MetadataView(string Name, ImmutableSortedDictionary<string, string>? Labels, long Revision);

/// <summary>How an object stands.</summary>
public sealed record StatusView
{
    /// <summary>One word in camelCase.</summary>
    public required string Phase { get; init; }

    /// <summary>
    /// True when what is, is what is wished: the one thing that <c>--wait</c> waits for. A change that waits for
    /// a new start of what runs well does not hinder it: condition PendingRestart tells of that.
    /// </summary>
    public required bool Settled { get; init; }

    public Reason? Reason { get; init; }

    public ImmutableArray<ConditionView> Conditions { get; init => field = value.OrEmpty(); } = [];

    /// <summary>When the newest fact behind the phase was heard; null when nothing was heard yet.</summary>
    public Moment? Confirmed { get; init; }
}

/// <summary>One lasting fact about an object.</summary>
/// <param name="Type">What it is about, "Fenceable"; unique within the object.</param>
/// <param name="Status">"true", "false" or "unknown".</param>
/// <param name="Reason">A machine-readable word in camelCase.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="LastTransitionTime">When the status last changed.</param>
public sealed record ConditionView(
    string Type, string Status, string Reason, string Message, Moment? LastTransitionTime)
{
    /// <summary>
    /// What runs was started before its definition changed, and takes that up only when it starts anew.
    /// </summary>
    public const string PendingRestart = "PendingRestart";

    /// <summary>Something is wrong with a node that speaks; the reason says what.</summary>
    public const string Ailing = "Ailing";

    /// <summary>False: an isolation address of the Policy does not answer the node; its message names it.</summary>
    public const string IsolationAddress = "IsolationAddress";

    /// <summary>Storage refuses a node's writes; false while that is only wanted, or over.</summary>
    public const string StorageRefuses = "StorageRefuses";

    /// <summary>Sensors of a node say that something wears; true where it will likely fail.</summary>
    public const string Wears = "Wears";

    /// <summary>
    /// Of an instance behind a load balancer: whether that sends it requests; unknown while it cannot be heard.
    /// </summary>
    public const string InRotation = "InRotation";

    /// <summary>
    /// Of an instance on which somebody outside works: its silence is not judged, and automation does not move it.
    /// </summary>
    public const string Busy = "Busy";

    /// <summary>
    /// Of an instance whose guest asks what is planned with it: true while it is told of a plan; the reason is its
    /// kind.
    /// </summary>
    public const string Noticed = "Noticed";

    /// <summary>
    /// Of a node in maintenance or on its way out: true once nothing sits on it, "safe to power off".
    /// </summary>
    public const string Drained = "Drained";

    /// <summary>Of a node that is not fit for new instances: always false, with why and what ends it.</summary>
    public const string Fit = "Fit";
}
