using Havm.Wire.Guest;

namespace Havm.Guest.Agent;

/// <summary>
/// Tells whether a new configuration wants the process that already runs. Only name, command and environment count:
/// the generation moves on when a running guest is migrated live, and that must not restart anything.
/// </summary>
public static class RoleComparison
{
    /// <summary>True when nothing has to be started or ended.</summary>
    public static bool RunsTheSame(ConfigureMessage? before, ConfigureMessage wanted)
    {
        if (before?.Role is not { } old || wanted.Role is not { } role)
        {
            return before?.Role is null && wanted.Role is null;
        }

        return old.Name == role.Name && old.Command.SequenceEqual(role.Command)
            && Sorted(old.Environment).SequenceEqual(Sorted(role.Environment));
    }

    /// <summary>True when the probe in force is the wanted one.</summary>
    public static bool ProbesTheSame(ProbeSpec old, ProbeSpec? wanted)
    {
        wanted ??= new(ProbeKind.None);
        return old with { Command = null } == wanted with { Command = null }
            && (old.Command ?? []).SequenceEqual(wanted.Command ?? []);
    }

    private static IEnumerable<KeyValuePair<string, string>> Sorted(IReadOnlyDictionary<string, string>? variables) =>
        (variables ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
