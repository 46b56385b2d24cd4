using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Wire.Guest;

/// <summary>Writes an enum's member as its name in camelCase; numbers are refused.</summary>
public sealed class CamelEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, false)
    where T : struct, Enum;
