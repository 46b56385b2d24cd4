using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class IncidentVerbs
{
    public static Command Incident()
    {
        var incident = new Command("incident", "What failed, and how it was repaired");
        incident.Subcommands.Add(List());
        incident.Subcommands.Add(Show());
        return incident;
    }

    private static Command List()
    {
        var open = new Option<bool>("--open") { Description = "Only those that are not over" };
        var since = Words.Since("Only those that were detected then or later");
        var node = new Option<string>("--node")
        {
            Description = "Only those of this node, or that took an instance from it", HelpName = "NODE",
        };
        node.CompletionSources.Add(context => Words.Names(context, "v1/nodes"));
        var kind = new Option<string>("--kind")
        {
            Description = "Only of this kind, as docs/reference/words.md lists them", HelpName = "KIND",
        };
        kind.AcceptOnlyFromAmong([.. Enum.GetValues<IncidentKind>().Select(Word.Of), "rackFailed"]);
        var layer = new Option<string>("--layer")
        {
            Description = "Only of this row of the health ladder: guest, machine, hostAgent, node, rack, ...",
            HelpName = "LAYER",
        };
        layer.AcceptOnlyFromAmong([.. Enum.GetValues<Layer>().Select(Word.Of)]);
        var command = new Command("list", "All incidents, newest first");
        foreach (Option option in (Option[])[open, since, node, kind, layer])
        {
            command.Options.Add(option);
        }

        command.Showing().SetAction((parse, cancel) =>
        {
            (string Name, string? Value)[] asked =
            [
                ("open", parse.GetValue(open) ? "true" : null), ("since", Words.SinceOf(parse, since)),
                ("node", parse.GetValue(node)), ("kind", parse.GetValue(kind)), ("layer", parse.GetValue(layer)),
            ];
            return Viewer.ShowAsync(
                parse, $"v1/incidents{Words.Query(asked)}", ApiJson.Default.ListViewIncidentView, IncidentTables.List,
                cancel);
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "As incident list tells it", HelpName = "ID" };
        id.CompletionSources.Add(context => Words.Names(context, "v1/incidents", "id"));
        var command = new Command(
            "show", "A page for a report: what failed, evidence, who decided, proof, phases, what was held");
        command.Arguments.Add(id);
        command.ShowingPage().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, $"v1/incidents/{Words.Escape(parse.GetRequiredValue(id))}", ApiJson.Default.IncidentView,
            IncidentTables.Show, cancel));
        return command;
    }
}
