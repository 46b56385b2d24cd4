using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.World;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Running;

/// <summary>
/// Reads `name=value` settings of a run: the Policy's numbers by their names below spec, and how long things take in
/// the world.
/// </summary>
public static class PlaySettings
{
    private const string WorldPrefix = "world.";

    private static readonly ImmutableSortedDictionary<string, Func<WorldSettings, TimeSpan, WorldSettings>> Times =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            new Dictionary<string, Func<WorldSettings, TimeSpan, WorldSettings>>
            {
                ["world.boot"] = (world, time) => world with { Boot = time },
                ["world.shutdown"] = (world, time) => world with { Shutdown = time },
                ["world.election"] = (world, time) => world with { Election = time },
                ["world.wire"] = (world, time) => world with { Wire = time },
                ["world.commit"] = (world, time) => world with { Commit = time },
                ["world.machineStart"] = (world, time) => world with { MachineStart = time },
                ["world.guestShutdown"] = (world, time) => world with { GuestShutdown = time },
            });

    /// <summary>The options with the settings in them; or every error.</summary>
    public static (PlayOptions Options, ImmutableArray<SpecError> Errors) Read(
        PlayOptions options, IEnumerable<string> settings)
    {
        var errors = ImmutableArray.CreateBuilder<SpecError>();
        var policy = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            var (name, value) = setting.Split('=', 2) is [var n, var v] ? (n, v) : (setting, "");
            if (name.StartsWith(WorldPrefix, StringComparison.Ordinal))
            {
                options = options with { World = OfWorld(options.World, name, value, errors) };
            }
            else if (name.Split('.') is [var group, var field] && value.All(IsPlain) && value.Length > 0)
            {
                policy.TryAdd(group, []);
                policy[group].Add($"{field}: {value}");
            }
            else
            {
                errors.Add(new SpecError("--set", name, $"\"{setting}\" is no setting",
                    $"write a number of the Policy, like liveness.lostAfter=6s, or one of "
                        + string.Join(", ", Times.Keys)));
            }
        }

        if (policy.Count > 0)
        {
            options = options with { Policy = OfPolicy(policy, errors) ?? options.Policy };
        }

        return (options, errors.ToImmutable());
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-';

    private static WorldSettings OfWorld(
        WorldSettings world, string name, string value, ImmutableArray<SpecError>.Builder errors)
    {
        if (!Times.TryGetValue(name, out var set))
        {
            errors.Add(new SpecError("--set", name, "is not known", NearestWord.Remedy(name, [.. Times.Keys])));
            return world;
        }

        var problems = new Problems("--set");
        var time = MapReader.TimeOf(
            new ScalarNode(new TextPlace(1, 1), value, false), new FieldPath(problems, "--set", name));
        errors.AddRange(problems.All().Select(Placeless));
        return time is { } read ? set(world, read) : world;
    }

    private static PolicySpec? OfPolicy(
        SortedDictionary<string, List<string>> groups, ImmutableArray<SpecError>.Builder errors)
    {
        var spec = string.Join(", ", groups.Select(group => $"{group.Key}: {{{string.Join(", ", group.Value)}}}"));
        var text = $"apiVersion: {SpecParser.ApiVersion}\nkind: Policy\nmetadata: {{name: default}}\n"
            + $"spec: {{{spec}}}\n";
        var (objects, wrong) = SpecParser.Parse(text, "--set");
        errors.AddRange(wrong.Select(Placeless));
        return objects is [{ Spec: PolicySpec policy }] ? policy : null;
    }

    /// <summary>The text was made here: a place in it means nothing to anybody.</summary>
    private static SpecError Placeless(SpecError error) =>
        error with { Object = "--set", Line = null, Column = null };
}
