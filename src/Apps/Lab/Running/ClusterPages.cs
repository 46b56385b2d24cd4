using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Wire.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Havm.Lab.Running;

/// <summary>The cluster as tables and the commands a newcomer may try.</summary>
internal static class ClusterPages
{
    private const int PlainWidth = 160;

    /// <summary>Without a terminal there is no width to ask for; a table must not be folded to 80 columns.</summary>
    public static void FitToOutput()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }
    }

    public static IRenderable Racks(Snapshot now)
    {
        var table = TableOf("RACK", "NODE", "PHASE", "CPUS", "MEMORY", "BMC", "WATCHDOG", "INSTANCES");
        foreach (var node in now.Nodes.Values.OrderBy(node => node.Rack).ThenBy(node => node.Name))
        {
            Add(table, node.Rack, node.Name, node.Phase, $"{node.CpusUsed}/{node.Cpus}",
                $"{node.MemoryUsedBytes >> 20}/{node.MemoryBytes >> 20} MiB", node.Bmc?.Power ?? "-", node.Watchdog,
                string.Join(' ', node.Instances));
        }

        return table;
    }

    public static IRenderable Instances(Snapshot now)
    {
        var table = TableOf("INSTANCE", "PHASE", "NODE", "RACK", "FD/UD", "GENERATION", "ADDRESS", "ISOLATION");
        foreach (var instance in now.Instances.Values.OrderBy(instance => instance.Name))
        {
            Add(table, instance.Name, instance.Phase, instance.Node ?? "-", instance.Rack ?? "-",
                $"{Word(instance.FaultDomain)}/{Word(instance.UpdateDomain)}", $"{instance.Generation}",
                instance.Addresses is [var first, ..] ? first.Address : "-", instance.Isolation);
        }

        return table;
    }

    public static IRenderable OpenIncidents(IEnumerable<IncidentView> incidents)
    {
        var table = TableOf("INCIDENT", "KIND", "SUBJECT", "PHASE", "DECISION");
        foreach (var incident in incidents)
        {
            Add(table, incident.Id, incident.Kind, incident.Subject, incident.Phase, incident.Decision.Message);
        }

        return table;
    }

    /// <summary>What to try next, with names of this very cluster.</summary>
    public static void WriteHints(LabPlan plan, Snapshot now)
    {
        var instance = now.Instances.Values.OrderBy(i => i.Name).First();
        var havm = ApiLink.IsPlaced(plan) ? "./havm" : $"HAVM_SOCKET={plan.Paths.ApiSocket} ./havm";
        var name = plan.Name == LabRequest.DefaultName ? "" : $" --name {plan.Name}";
        string[] hints =
        [
            $"{havm} vm list --watch",
            $"./havm lab power-off {instance.Node}{name}     # its guests come back elsewhere",
            $"./havm lab power-on {instance.Node}{name}",
            $"./havm lab kill-vm {instance.Name}{name}",
            $"{havm} incident list",
            .. plan.UsesNamespaces
                ? (string[])
                [
                    $"{havm} get loadbalancer",
                    $"ip netns exec {plan.Namespace(LabNetwork.Controllers)} curl -s "
                        + $"http://{LabNetwork.BalancerAddress}:8080/cgi-bin/index.cgi",
                ]
                : [],
            $"{havm} vm explain {instance.Name}",
        ];
        Console.WriteLine("Try, in another terminal:");
        foreach (var hint in hints)
        {
            Console.WriteLine($"  {hint}");
        }
    }

    private static string Word(int? domain) => domain?.ToString() ?? "-";

    private static Table TableOf(params string[] columns)
    {
        FitToOutput();
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        return table;
    }

    private static void Add(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
