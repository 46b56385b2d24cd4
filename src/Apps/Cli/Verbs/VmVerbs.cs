using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class VmVerbs
{
    public static Command Vm()
    {
        var vm = new Command("vm", "Instances: virtual machines, and those of services");
        vm.Subcommands.Add(List());
        vm.Subcommands.Add(Show());
        vm.Subcommands.Add(Explain());
        vm.Subcommands.Add(Order("start", "Have it run", Settled));
        vm.Subcommands.Add(Stop());
        vm.Subcommands.Add(Restart());
        vm.Subcommands.Add(Move());
        vm.Subcommands.Add(Order(
            "unmanage", "Leave it to people: look, and never act; `vm start` takes it back", Settled));
        vm.Subcommands.Add(BusyVerb.Busy());
        vm.Subcommands.Add(Delete());
        vm.Subcommands.Add(ConsoleVerb.Console());
        return vm;
    }

    private static Command List()
    {
        var command = new Command("list", "All instances");
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, "v1/instances", ApiJson.Default.ListViewInstanceView, InstanceTables.List, cancel));
        return command;
    }

    private static Command Show()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var command = new Command("show", "One instance in full");
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, Path(parse.GetRequiredValue(name)), ApiJson.Default.InstanceView, InstanceTables.Show, cancel));
        return command;
    }

    private static Command Explain()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var command = new Command(
            "explain", "Why it is where it is or waits; every node with its score or its refusal");
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, $"{Path(parse.GetRequiredValue(name))}/explain", ApiJson.Default.ExplainView, InstanceTables.Explain,
            cancel));
        return command;
    }

    private static Command Order(string verb, string what, Func<string, Waiter.LookAsync> look)
    {
        Argument<string> name = Words.Name("instance", "instances");
        var command = new Command(verb, what);
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            return Orders.RunAsync(
                parse, $"Instance/{one}", (client, token) => client.PostAsync($"{Path(one)}/{verb}", token), look(one),
                cancel);
        });
        return command;
    }

    private static Command Stop()
    {
        var grace = new Option<string>("--grace")
        {
            Description = "Time the guest gets to shut down before it is ended, 0s to 1h; 30s when not given",
            HelpName = "TIME",
        };
        grace.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Times.Parse(token.Value) is null)
            {
                result.AddError($"--grace is \"{token.Value}\", not a time: write a whole number with s, m or h.");
            }
        });
        Argument<string> name = Words.Name("instance", "instances");
        var command = new Command("stop", "Have it shut down, and keep it stopped");
        command.Arguments.Add(name);
        command.Options.Add(grace);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            string query = parse.GetValue(grace) is { } time
                ? $"?graceSeconds={Times.Parse(time)!.Value.TotalSeconds:0}"
                : "";
            return Orders.RunAsync(
                parse, $"Instance/{one}",
                (client, token) => client.PostAsync($"{Path(one)}/stop{query}", token), Settled(one), cancel);
        });
        return command;
    }

    private static Command Restart()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var command = new Command("restart", "Have it end and start again on its node");
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            DateTimeOffset? before = null;
            return Orders.RunAsync(
                parse, $"Instance/{one}",
                async (client, token) =>
                {
                    before = (await client.GetAsync(Path(one), ApiJson.Default.InstanceView, token)).StartedAt?.At;
                    return await client.PostAsync($"{Path(one)}/restart", token);
                },
                // It was settled before the order too: only a newer start shows that the restart is over.
                async (client, token) =>
                {
                    InstanceView now = await client.GetAsync(Path(one), ApiJson.Default.InstanceView, token);
                    return now.StartedAt?.At == before ? "not restarted yet" : now.Settled ? null : now.Phase;
                },
                cancel);
        });
        return command;
    }

    private static Command Move()
    {
        Argument<string> name = Words.Name("instance", "instances");
        var to = new Option<string>("--to")
        {
            Description = "The node it is to run on", HelpName = "NODE", Required = true,
        };
        to.CompletionSources.Add(context => Words.Names(context, "v1/nodes"));
        var command = new Command(
            "move", "Have it shut down and start on another node, and with it what shares its node by a rule");
        command.Arguments.Add(name);
        command.Options.Add(to);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            return Orders.RunAsync(
                parse, $"Instance/{one}",
                (client, token) => client.PostAsync(
                    $"{Path(one)}/move", new MoveRequest(parse.GetRequiredValue(to)), ApiJson.Default.MoveRequest,
                    token),
                Settled(one), cancel);
        });
        return command;
    }

    private static Command Delete()
    {
        Argument<string> name = Words.Name("virtual machine", "instances");
        var command = new Command("delete", "Remove a virtual machine; instances of a service go by service scale");
        command.Arguments.Add(name);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            return Orders.RunAsync(
                parse, $"VirtualMachine/{one}",
                (client, token) => client.DeleteAsync($"v1/objects/VirtualMachine/{Words.Escape(one)}", token),
                ApiJson.Default.ApplyResult, ApplyVerbs.Render, ApplyVerbs.Gone("VirtualMachine", one), cancel);
        });
        return command;
    }

    private static Waiter.LookAsync Settled(string name) => async (client, cancel) =>
    {
        InstanceView now = await client.GetAsync(Path(name), ApiJson.Default.InstanceView, cancel);
        return now.Settled ? null : ApplyVerbs.Lack(now.Phase, now.Reason);
    };

    internal static string Path(string name) => $"v1/instances/{Words.Escape(name)}";
}
