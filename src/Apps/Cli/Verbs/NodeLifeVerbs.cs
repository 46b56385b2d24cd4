using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Orders about whether a node is trusted with instances.</summary>
internal static class NodeLifeVerbs
{
    public static IEnumerable<Command> All() => [Repair(), Report(), Return(), Retire()];

    private static Command Repair()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var reason = new Option<string>("--reason")
        {
            Description = "What is wrong with the machine, in one line", HelpName = "TEXT", Required = true,
        };
        var drain = new Option<bool>("--drain")
        {
            Description = "Move what sits on it away too, each instance with a restart",
        };
        var command = new Command(
            "repair", "Put a node out for repair: it gets no new instances and is not powered on");
        command.Arguments.Add(name);
        command.Options.Add(reason);
        command.Options.Add(drain);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, $"Node/{parse.GetRequiredValue(name)}",
            (client, token) => client.PostAsync(
                $"{NodeVerbs.Path(parse.GetRequiredValue(name))}/repair",
                new RepairRequest(parse.GetRequiredValue(reason), parse.GetValue(drain)),
                ApiJson.Default.RepairRequest, token),
            look: null, cancel));
        return command;
    }

    private static Command Report()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var command = new Command(
            "report", "All that is on record of a node's failures, to be given to whoever repairs the machine");
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, $"{NodeVerbs.Path(parse.GetRequiredValue(name))}/report", ApiJson.Default.NodeReportView,
            NodeReportTables.Show, cancel));
        return command;
    }

    private static Command Return()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var now = new Option<bool>("--now") { Description = "Without probation and diagnosis" };
        var without = new Option<bool>("--without-diagnosis") { Description = "With probation alone" };
        var command = new Command(
            "return",
            "Give a node back from quarantine, repair or retirement; it passes a diagnosis and serves probation first");
        command.Arguments.Add(name);
        command.Options.Add(now);
        command.Options.Add(without);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, $"Node/{parse.GetRequiredValue(name)}",
            (client, token) => client.PostAsync(
                $"{NodeVerbs.Path(parse.GetRequiredValue(name))}/return",
                new ReturnRequest(parse.GetValue(now), parse.GetValue(without)), ApiJson.Default.ReturnRequest, token),
            look: null, cancel));
        return command;
    }

    private static Command Retire()
    {
        Argument<string> name = Words.Name("node", "nodes");
        var command = new Command("retire", "Give an empty node no instances any more, before it leaves the cluster");
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.SetAction((parse, cancel) => Orders.RunAsync(
            parse, $"Node/{parse.GetRequiredValue(name)}",
            (client, token) => client.PostAsync($"{NodeVerbs.Path(parse.GetRequiredValue(name))}/retire", token),
            look: null, cancel));
        return command;
    }
}
