using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using Havm.Cli.Controller;
using Havm.Specs;

namespace Havm.Cli.Verbs;

/// <summary>Arguments that several verbs take, and what the shell may complete them with.</summary>
internal static class Words
{
    /// <summary>A person who pressed TAB does not wait longer.</summary>
    private static readonly TimeSpan TabPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A name that the controller can complete.</summary>
    /// <param name="list">The API's list to take names from, "nodes".</param>
    public static Argument<string> Name(string what, string list)
    {
        var argument = new Argument<string>("name") { Description = $"The {what}'s name", HelpName = "NAME" };
        argument.CompletionSources.Add(context => Names(context, $"v1/{list}"));
        return argument;
    }

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
        ExitCodes.BadInput, "havm", "KIND", $"is \"{word}\", which is not known",
        NearestWord.Remedy(word, SpecSchema.Kinds));

    public static string Escape(string name) => Uri.EscapeDataString(name);

    private static IEnumerable<CompletionItem> Names(CompletionContext context, string path)
    {
        try
        {
            using var client = new ControllerClient(context.ParseResult.GetRequiredValue(CommonOptions.Socket));
            using var patience = new CancellationTokenSource(TabPatience);
            byte[] answer = client.GetAsync(path, patience.Token).GetAwaiter().GetResult();
            JsonArray items = JsonNode.Parse(answer)?["items"]?.AsArray() ?? [];
            return [.. items.Select(item => new CompletionItem(item?["name"]?.ToString() ?? ""))];
        }
        catch (Exception e) when (e is CliFailure or OperationCanceledException or System.Text.Json.JsonException)
        {
            // Completion has no place for errors: without an answer there is nothing to offer.
            return [];
        }
    }
}
