using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class StatusVerb
{
    public static Command Status()
    {
        var command = new Command("status", "The cluster on one page: leader, store, guards, what is held, risks");
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, "v1/status", ApiJson.Default.ClusterStatusView, StatusTables.Show, cancel));
        return command;
    }
}
