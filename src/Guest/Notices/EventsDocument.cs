using System.Text.Json.Serialization;

namespace Havm.Guest.Notices;

/// <summary>
/// What is planned with this guest, field by field as Azure's Scheduled Events has it, so that what reads those reads
/// these.
/// </summary>
/// <param name="DocumentIncarnation">Grows with every change of the events.</param>
public sealed record EventsDocument(long DocumentIncarnation, IReadOnlyList<ScheduledEvent> Events);

/// <summary>One event.</summary>
/// <param name="EventType">Reboot, Redeploy or Terminate.</param>
/// <param name="ResourceType">Always VirtualMachine.</param>
/// <param name="Resources">The instance's name.</param>
/// <param name="EventStatus">Scheduled, or Started.</param>
/// <param name="NotBefore">By the guest's clock, as HTTP writes dates; empty once it has started.</param>
/// <param name="EventSource">Platform or User.</param>
/// <param name="DurationInSeconds">Always -1: how long the guest is away is not known beforehand.</param>
public sealed record ScheduledEvent(
    string EventId, string EventType, string ResourceType, IReadOnlyList<string> Resources, string EventStatus,
    string NotBefore, string Description, string EventSource, int DurationInSeconds);

/// <summary>What a guest posts to let events begin before their time.</summary>
public sealed record StartRequestList(IReadOnlyList<StartRequest?>? StartRequests);

/// <summary>One event that may begin.</summary>
public sealed record StartRequest(string? EventId);

/// <summary>What was wrong with a request.</summary>
public sealed record MetadataError([property: JsonPropertyName("error")] string Error);

/// <summary>The generated readers and writers of the document.</summary>
[JsonSerializable(typeof(EventsDocument))]
[JsonSerializable(typeof(StartRequestList))]
[JsonSerializable(typeof(MetadataError))]
public sealed partial class EventsJson : JsonSerializerContext;
