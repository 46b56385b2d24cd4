using System.CommandLine;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>The controller's own state.</summary>
internal static class StoreVerbs
{
    public static Command Store()
    {
        var store = new Command("store", "The controller's state");
        store.Subcommands.Add(Backup());
        store.Subcommands.Add(Adopt());
        return store;
    }

    private static Command Backup()
    {
        var target = new Argument<string>("FILE") { Description = "A new file on the controller's machine" };
        var command = new Command("backup", "Copy the state to a new file while the controller runs");
        command.Arguments.Add(target);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, "Store",
            (client, token) => client.PostAsync(
                "v1/store/backup", new BackupRequest(Path.GetFullPath(parse.GetRequiredValue(target))),
                ApiJson.Default.BackupRequest, token),
            look: null, cancel));
        return command;
    }

    private static Command Adopt()
    {
        var command = new Command(
            "adopt", "Make this state the cluster's after a restored backup; no other controller may be running");
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, "Store", (client, token) => client.PostAsync("v1/store/adopt", token), look: null, cancel));
        return command;
    }
}
