using System.Text.Json;
using System.Text.RegularExpressions;

namespace Havm.Simulator.WhatIf;

/// <summary>
/// An action of a scenario as one line of a shell: the verb, its names, then its further keys as KEY=VALUE. It is only
/// put into the scenario's own form here; what it means, and what is wrong with it, the scenario's reader says.
/// </summary>
public static partial class ActionLine
{
    /// <summary>
    /// "move web-1 to=n2" becomes {"move": web-1, "to": n2}; a value that begins with a bracket stays as it is, and so
    /// does a line that is written in the scenario's form already.
    /// </summary>
    public static string ToYaml(string line)
    {
        var text = line.Trim();
        if (text.StartsWith('{'))
        {
            return text;
        }

        var verb = text.Split([' ', '\t'], 2) is [var first, var rest] ? first : text;
        rest = text[verb.Length..].Trim();
        string[] words = Words().Matches(rest).Select(word => word.Value.TrimEnd(',')).ToArray();
        string[] names = [.. words.Where(word => !IsOption(word))];
        var value = names switch
        {
            [] => "~",
            [var only] => Text(only),
            _ => $"[{string.Join(", ", names.Select(Text))}]",
        };
        var options = words.Where(IsOption).Select(word => word.Split('=', 2))
            .Select(option => $", {JsonSerializer.Serialize(option[0])}: {Text(option[1])}");
        return $"{{{JsonSerializer.Serialize(verb)}: {value}{string.Concat(options)}}}";
    }

    private static bool IsOption(string word) => !word.StartsWith('[') && word.IndexOf('=') > 0;

    private static string Text(string word) =>
        word.StartsWith('[') || Plain().IsMatch(word) ? word : JsonSerializer.Serialize(word);

    [GeneratedRegex(@"\[.*\]|[^\s\[]\S*")]
    private static partial Regex Words();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._%-]*$")]
    private static partial Regex Plain();
}
