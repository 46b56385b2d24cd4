using System.Net;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>The machine room's process: every BMC and every watchdog of a lab, apart from all nodes.</summary>
public static class ChassisHost
{
    /// <summary>Serves until SIGTERM; `chassis/ready` appears once everything listens.</summary>
    public static async Task RunAsync(LabPlan plan)
    {
        File.Delete(plan.Paths.ChassisReady);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var node in plan.Nodes)
            {
                var certificate = LabCertificates.Read(plan, node);
                kestrel.Listen(
                    IPAddress.Parse(node.BmcAddress), node.BmcPort, listen => listen.UseHttps(certificate));
            }
        });
        await using var app = builder.Build();
        var orders = new PowerOrders(plan);
        app.Run(new RedfishEndpoint(plan, orders, app.Logger).AnswerAsync);

        var dogs = plan.Nodes.Select(node => new WatchdogDog(plan, node, orders, app.Logger)).ToList();
        await RevealAsync(plan, () => app.StartAsync());
        LabFiles.WriteText(plan.Paths.ChassisReady, $"{Environment.ProcessId}\n");
        var stopping = app.Lifetime.ApplicationStopping;
        var watches = dogs.Select(dog => dog.WatchAsync(stopping)).ToList();
        await app.WaitForShutdownAsync();
        await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        dogs.ForEach(dog => dog.Dispose());
    }

    /// <summary>
    /// A chassis process that comes back finds the addresses of dead BMCs missing; it takes its sockets while they are
    /// there for a moment, and takes the addresses away again.
    /// </summary>
    private static async Task RevealAsync(LabPlan plan, Func<Task> listen)
    {
        var dead = plan.UsesNamespaces
            ? plan.Nodes.Where(node => BmcMode.Read(plan, node.Name).Behaviour is BmcBehaviour.Dead).ToList()
            : [];
        var network = new LabNetwork(plan);
        await Task.WhenAll(dead.Select(network.ReviveBmcAsync));
        await listen();
        await Task.WhenAll(dead.Select(network.SilenceBmcAsync));
    }
}
