using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>How specs are stored and compared: camelCase, enums as words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpecObject))]
public sealed partial class SpecJson : JsonSerializerContext;
