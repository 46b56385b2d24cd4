using System.Text.Json.Serialization;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Runtime.State;

/// <summary>How records are stored. Members are only ever added; the store's schema version tells when that was not enough.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpecObject))]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(Instance))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(Counters))]
[JsonSerializable(typeof(Generation))]
[JsonSerializable(typeof(string))]
public sealed partial class LedgerJson : JsonSerializerContext;
