using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
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
        var command = new Command("list", "All incidents, newest first");
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, "v1/incidents", ApiJson.Default.ListViewIncidentView, IncidentTables.List, cancel));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "As incident list tells it", HelpName = "ID" };
        id.CompletionSources.Add(context => Words.Names(context, "v1/incidents", "id"));
        var command = new Command("show", "Evidence, decision, proof and the time each phase took");
        command.Arguments.Add(id);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, $"v1/incidents/{Words.Escape(parse.GetRequiredValue(id))}", ApiJson.Default.IncidentView,
            IncidentTables.Show, cancel));
        return command;
    }
}
