using System.Text.Json;
using Havm.Model;

namespace Havm.Fencing;

/// <summary>The few members of a Redfish ComputerSystem that power needs.</summary>
/// <param name="ResetTarget">Path of the reset action, always one on the same host.</param>
internal sealed record ComputerSystem(string? Uuid, PowerState Power, string ResetTarget)
{
    /// <summary>Reads a ComputerSystem; throws <see cref="JsonException"/> when it is none.</summary>
    public static ComputerSystem Parse(ReadOnlyMemory<byte> json, string systemId)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("no JSON object");
        }

        return new ComputerSystem(Text(root, "UUID"), PowerOf(Text(root, "PowerState")), Target(root, systemId));
    }

    /// <summary>The path of a system below the service root.</summary>
    public static string Path(string systemId) => $"/redfish/v1/Systems/{Uri.EscapeDataString(systemId)}";

    /// <summary>Only On and Off are states; what is in between may still run and is unknown.</summary>
    private static PowerState PowerOf(string? stated) => stated switch
    {
        "On" => PowerState.On,
        "Off" => PowerState.Off,
        _ => PowerState.Unknown,
    };

    private static string Target(JsonElement root, string systemId)
    {
        string? stated = root.TryGetProperty("Actions", out JsonElement actions)
            && actions.ValueKind == JsonValueKind.Object
            && actions.TryGetProperty("#ComputerSystem.Reset", out JsonElement reset)
            && reset.ValueKind == JsonValueKind.Object
                ? Text(reset, "target")
                : null;

        // A path and nothing else: an answer must not send our password to another host.
        return stated is ['/', not '/', ..] ? stated : $"{Path(systemId)}/Actions/ComputerSystem.Reset";
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
