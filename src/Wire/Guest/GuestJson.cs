using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Wire.Guest;

/// <summary>The generated readers and writers of the guest protocol.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(SecondsConverter),
        typeof(CamelEnumConverter<ProbeKind>),
        typeof(CamelEnumConverter<NoticeType>),
        typeof(CamelEnumConverter<NoticeSource>),
        typeof(CamelEnumConverter<RoleState>),
    ])]
[JsonSerializable(typeof(GuestMessage))]
public sealed partial class GuestJson : JsonSerializerContext;
