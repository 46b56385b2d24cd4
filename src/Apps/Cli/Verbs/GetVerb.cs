using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Any kind of object, by name or all of them.</summary>
internal static class GetVerb
{
    public static Command Get()
    {
        Argument<string> kind = Words.Kind(required: true);
        var name = new Argument<string?>("name")
        {
            Description = "The object's name; without it, all of the kind",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("get", "Show objects: the wish as written, and how it stands");
        command.Arguments.Add(kind);
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) =>
        {
            string path = $"v1/objects/{Words.KindOf(parse.GetRequiredValue(kind))}";
            return parse.GetValue(name) is { } one
                ? Viewer.ShowAsync(
                    parse, $"{path}/{Words.Escape(one)}", ApiJson.Default.ObjectView, ObjectTables.Show, cancel)
                : Viewer.ShowAsync(parse, path, ApiJson.Default.ListViewObjectView, ObjectTables.List, cancel);
        });
        return command;
    }
}
