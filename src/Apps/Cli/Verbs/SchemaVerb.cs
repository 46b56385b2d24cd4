using System.CommandLine;
using Havm.Cli.Output;
using Havm.Specs;

namespace Havm.Cli.Verbs;

/// <summary>JSON Schema of a kind; needs no controller.</summary>
internal static class SchemaVerb
{
    public static Command Schema()
    {
        Argument<string> kind = Words.Kind(required: false);
        var format = new Option<OutputFormat>("--output", "-o")
        {
            Description = "How to print: json or yaml",
            HelpName = "json|yaml",
            DefaultValueFactory = _ => OutputFormat.Json,
        };
        format.AcceptOnlyFromAmong("json", "yaml");
        var command = new Command("schema", "Print the JSON Schema of a kind, or the list of kinds");
        command.Arguments.Add(kind);
        command.Options.Add(format);
        command.SetAction(parse =>
        {
            if (parse.GetValue(kind) is { } word)
            {
                Viewer.Print(SpecSchema.Of(Words.KindOf(word))!, parse.GetValue(format));
            }
            else
            {
                Console.Out.WriteLine(string.Join('\n', SpecSchema.Kinds));
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
