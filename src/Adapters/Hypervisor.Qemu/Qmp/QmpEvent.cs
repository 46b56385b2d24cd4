using System.Text.Json;

namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>Something QEMU told by itself.</summary>
/// <param name="Data">The event's data; of kind Undefined where it has none.</param>
internal sealed record QmpEvent(string Name, JsonElement Data)
{
    /// <summary>A text member of the data; empty when it is absent.</summary>
    public string Text(string member) =>
        Data.ValueKind == JsonValueKind.Object
        && Data.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    /// <summary>A boolean member of the data; false when it is absent.</summary>
    public bool Flag(string member) =>
        Data.ValueKind == JsonValueKind.Object
        && Data.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;
}
