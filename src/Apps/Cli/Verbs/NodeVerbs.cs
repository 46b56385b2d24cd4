using System.CommandLine;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class NodeVerbs
{
    public static Command Node()
    {
        var node = new Command("node", "Machines that run instances");
        node.Subcommands.Add(List());
        node.Subcommands.Add(Show());
        node.Subcommands.Add(Cordon("cordon", "Keep new instances away from a node; those on it stay"));
        node.Subcommands.Add(Cordon("uncordon", "Let instances come to a node again"));
        node.Subcommands.Add(Drain());
        node.Subcommands.Add(Cordon("undrain", "End a node's maintenance; instances it gave away come home by policy"));
        node.Subcommands.Add(ConfirmDead());
        foreach (Command verb in NodeLifeVerbs.All())
        {
            node.Subcommands.Add(verb);
        }

        return node;
    }

    private static Command List()
    {
        var command = new Command("list", "All nodes");
        command.Showing().SetAction((parse, cancel) =>
            Viewer.ShowAsync(parse, "v1/nodes", ApiJson.Default.ListViewNodeView, NodeTables.List, cancel));
        return command;
    }

    private static Command Show()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var command = new Command("show", "One node in full");
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, Path(parse.GetRequiredValue(name)), ApiJson.Default.NodeView, NodeTables.Show, cancel));
        return command;
    }

    private static Command Cordon(string verb, string description)
    {
        Argument<string> name = Words.Name("node", "nodes");
        var command = new Command(verb, description);
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, $"Node/{parse.GetRequiredValue(name)}",
            (client, token) => client.PostAsync($"{Path(parse.GetRequiredValue(name))}/{verb}", token),
            look: null, cancel));
        return command;
    }

    private static Command Drain()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var command = new Command(
            "drain", "Take a node into maintenance: no new instances, and those on it move away, each with a restart");
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            return Orders.RunAsync(
                parse, $"Node/{one}", (client, token) => client.PostAsync($"{Path(one)}/drain", token),
                async (client, token) =>
                {
                    NodeView now = await client.GetAsync(Path(one), ApiJson.Default.NodeView, token);
                    ConditionView? drained = now.Conditions.FirstOrDefault(c => c.Type == ConditionView.Drained);
                    return drained is { Status: "true" } ? null
                        : $"{now.Instances.Length} left: {drained?.Message ?? "it is not drained"}";
                },
                cancel);
        });
        return command;
    }

    private static Command ConfirmDead()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var boot = new Option<string?>("--boot-id")
        {
            Description = "The boot that is dead, as havm node show tells it", HelpName = "ID",
        };
        var command = new Command(
            "confirm-dead",
            "Give your word that a node is off and stays off, so that its instances may start elsewhere");
        command.Arguments.Add(name);
        command.Options.Add(boot);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, $"Node/{parse.GetRequiredValue(name)}",
            async (client, token) =>
            {
                string path = Path(parse.GetRequiredValue(name));
                string id = parse.GetValue(boot) ?? throw await AskForBootAsync(client, path, token);
                return await client.PostAsync(
                    $"{path}/confirm-dead", new ConfirmDeadRequest(id), ApiJson.Default.ConfirmDeadRequest, token);
            },
            look: null, cancel));
        return command;
    }

    /// <summary>
    /// The boot id is not filled in by itself: whoever gives this word shall have looked which life of the node it is
    /// about.
    /// </summary>
    private static async Task<CliFailure> AskForBootAsync(
        ControllerClient client, string path, CancellationToken cancel)
    {
        NodeView node = await client.GetAsync(path, ApiJson.Default.NodeView, cancel);
        return CliFailure.Of(
            ExitCodes.BadInput, $"Node/{node.Name}", "--boot-id", "is missing: your word is about one boot of the node",
            $"look that the machine is off and stays off, then add --boot-id {node.BootId ?? "ID"} "
            + $"(last heard {Times.Both(node.Confirmed)})");
    }

    public static string Path(string name) => $"v1/nodes/{Words.Escape(name)}";
}
