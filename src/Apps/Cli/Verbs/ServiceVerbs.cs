using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class ServiceVerbs
{
    public static Command Service()
    {
        var service = new Command("service", "Services and their roles");
        service.Subcommands.Add(List());
        service.Subcommands.Add(Show());
        service.Subcommands.Add(Scale());
        return service;
    }

    private static Command List()
    {
        var command = new Command("list", "All services, role by role");
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, "v1/services", ApiJson.Default.ListViewServiceView, ServiceTables.List, cancel));
        return command;
    }

    private static Command Show()
    {
        Argument<string> name = Words.Name("service", "services");
        var command = new Command("show", "One service with all its instances");
        command.Arguments.Add(name);
        command.Showing().SetAction((parse, cancel) => Viewer.ShowAsync(
            parse, Path(parse.GetRequiredValue(name)), ApiJson.Default.ServiceView, ServiceTables.Show, cancel));
        return command;
    }

    private static Command Scale()
    {
        Argument<string> name = Words.Name("service", "services");
        var role = new Argument<string>("role") { Description = "The role to scale", HelpName = "ROLE" };
        role.CompletionSources.Add(context => Words.IsAt(context, role)
            ? Words.Roles(context, context.ParseResult.GetValue(name))
            : []);
        var instances = new Argument<int>("instances")
        {
            Description = "How many there shall be, 0 to 1000; the highest index leaves first", HelpName = "N",
        };
        var command = new Command("scale", "Change how many instances a role has");
        command.Arguments.Add(name);
        command.Arguments.Add(role);
        instances.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && int.TryParse(word.Value, out int wanted) && wanted is < 0 or > 1000)
            {
                result.AddError($"{word.Value} instances are out of bounds: write 0 to 1000.");
            }
        });
        command.Arguments.Add(instances);
        command.Options.Add(CommonOptions.Output);
        command.Waiting().SetAction((parse, cancel) =>
        {
            string one = parse.GetRequiredValue(name);
            var request = new ScaleRequest(parse.GetRequiredValue(role), parse.GetRequiredValue(instances));
            return Orders.RunAsync(
                parse, $"Service/{one}",
                (client, token) => client.PostAsync($"{Path(one)}/scale", request, ApiJson.Default.ScaleRequest, token),
                ApplyVerbs.Settled("Service", one), cancel);
        });
        return command;
    }

    private static string Path(string name) => $"v1/services/{Words.Escape(name)}";
}
