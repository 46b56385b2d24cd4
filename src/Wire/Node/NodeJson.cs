using System.Text.Json.Serialization;
using Havm.Model;

namespace Havm.Wire.Node;

/// <summary>
/// How node frames look on the line: camelCase, enums as words, unknown members ignored for the sake of upgrades.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeFrame))]
[JsonSerializable(typeof(ControllerFrame))]
[JsonSerializable(typeof(DatagramBeat))]
[JsonSerializable(typeof(Goal))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(SeatGoal))]
public sealed partial class NodeJson : JsonSerializerContext;
