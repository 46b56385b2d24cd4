using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Specs;

namespace Havm.Cli.Verbs;

/// <summary>Arguments that several verbs take, and what the shell may complete them with.</summary>
internal static partial class Words
{
    /// <summary>A person who pressed TAB does not wait longer.</summary>
    private static readonly TimeSpan TabPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A name that the controller can complete.</summary>
    /// <param name="list">The API's list to take names from, "nodes".</param>
    public static Argument<string> Name(string what, string list)
    {
        var argument = new Argument<string>("name") { Description = $"The {what}'s name", HelpName = "NAME" };
        argument.CompletionSources.Add(context => IsAt(context, argument) ? Names(context, $"v1/{list}") : []);
        return argument;
    }

    /// <summary>Whether an argument is what is being typed, and not one that stands already before it.</summary>
    public static bool IsAt(CompletionContext context, Argument argument) =>
        context.ParseResult.GetResult(argument)?.Tokens is not [var typed, ..] || typed.Value == context.WordToComplete;

    public static Argument<string> Kind(bool required)
    {
        var argument = new Argument<string>("kind")
        {
            Description = $"One of: {string.Join(", ", SpecSchema.Kinds)} (also lower case, plural, vm)",
            HelpName = "KIND",
            Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        };
        argument.CompletionSources.Add(_ => SpecSchema.Kinds.Select(kind => new CompletionItem(kind)));
        return argument;
    }

    /// <summary>The kind's name as documents have it.</summary>
    public static string KindOf(string word) => SpecSchema.FindKind(word) ?? throw CliFailure.Of(
        ExitCodes.BadInput, $"kind {word}", "", "is not known",
        NearestWord.Remedy(word, SpecSchema.Kinds));

    /// <summary>The parser's message on one line, and in words of the command line where it speaks of code.</summary>
    public static string OfParser(string message)
    {
        string line = message.ReplaceLineEndings(" ").Replace("\t", "").TrimEnd('.', ' ');
        return NoNumber().Match(line) is { Success: true } found
            ? $"\"{found.Groups["word"].Value}\" is no whole number"
            : line;
    }

    [GeneratedRegex("^Cannot parse argument '(?<word>[^']*)' .* as expected type 'System\\.Int(32|64)'$")]
    private static partial Regex NoNumber();

    /// <summary>A moment in the past: a date, a time in UTC, or how long ago it was.</summary>
    public static Option<string> Since(string what)
    {
        var since = new Option<string>("--since")
        {
            Description = $"{what}: a date, a time in UTC, or how long ago, like 90m or 24h", HelpName = "DATE|TIME",
        };
        since.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Moment(token.Value) is null)
            {
                result.AddError($"--since is \"{token.Value}\", neither a date like 2026-03-04 nor a time like 24h.");
            }
        });
        return since;
    }

    /// <summary>As the API takes it; null when it was not asked for.</summary>
    public static string? SinceOf(ParseResult parse, Option<string> since) =>
        parse.GetValue(since) is { } text ? Moment(text)!.Value.ToString("O", CultureInfo.InvariantCulture) : null;

    /// <summary>"?open=true&amp;node=n1" of what was asked for; nothing of nothing.</summary>
    public static string Query(IEnumerable<(string Name, string? Value)> asked)
    {
        string query = string.Join('&', asked.Where(item => item.Value is not null)
            .Select(item => $"{item.Name}={Escape(item.Value!)}"));
        return query.Length == 0 ? "" : $"?{query}";
    }

    private static DateTimeOffset? Moment(string text) => Times.Parse(text) is { } ago
        ? DateTimeOffset.UtcNow - ago
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset at) && char.IsAsciiDigit(text[0]) ? at : null;

    public static string Escape(string name) => Uri.EscapeDataString(name);

    /// <summary>What a list of the API may be asked for by.</summary>
    public static IEnumerable<CompletionItem> Names(CompletionContext context, string path, string field = "name") =>
        Offer(context, path, "items", field);

    /// <summary>The roles of a service that was typed before.</summary>
    public static IEnumerable<CompletionItem> Roles(CompletionContext context, string? service) =>
        service is null ? [] : Offer(context, $"v1/services/{Escape(service)}", "roles", "name");

    private static IEnumerable<CompletionItem> Offer(
        CompletionContext context, string path, string list, string field)
    {
        try
        {
            using var client = new ControllerClient(context.ParseResult.GetRequiredValue(CommonOptions.Socket));
            using var patience = new CancellationTokenSource(TabPatience);
            byte[] answer = client.GetAsync(path, patience.Token).GetAwaiter().GetResult();
            JsonArray items = JsonNode.Parse(answer)?[list]?.AsArray() ?? [];
            return [.. items.Select(item => new CompletionItem(item?[field]?.ToString() ?? ""))];
        }
        catch (Exception e) when (e is CliFailure or OperationCanceledException or System.Text.Json.JsonException)
        {
            // Completion has no place for errors: without an answer there is nothing to offer.
            return [];
        }
    }
}
