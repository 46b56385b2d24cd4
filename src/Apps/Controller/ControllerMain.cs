using System.Runtime.InteropServices;
using Havm.Controller.Api;
using Havm.Fencing;
using Havm.LoadBalancer.HAProxy;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Ports;
using Havm.Runtime.Recording;
using Havm.Runtime.Time;
using Havm.Store.Sqlite;
using Havm.Transport.Http.Server;

namespace Havm.Controller;

/// <summary>
/// Puts the controller together and runs it. Exit codes: 0 stopped in good order, 1 its term ended or it cannot run
/// here, 2 bad usage or configuration.
/// </summary>
internal static class ControllerMain
{
    private const string Usage = "usage: havm-controller --config FILE";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["--config", var path])
        {
            await Console.Error.WriteLineAsync(
                args is ["--help"] ? Usage : $"havm-controller: unknown arguments; {Usage}");
            return args is ["--help"] ? 0 : 2;
        }

        var (config, errors) = ControllerConfig.Read(path);
        if (config is null || errors.Count > 0)
        {
            foreach (var error in errors)
            {
                await Console.Error.WriteLineAsync($"havm-controller: {error}");
            }

            return 2;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        try
        {
            await ServeAsync(config, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception cause) when (
            cause is StoreException or TransportException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"havm-controller: {cause.Message}");
            return 1;
        }
    }

    private static async Task ServeAsync(ControllerConfig config, CancellationToken stop)
    {
        Directory.CreateDirectory(config.StateDir);
        Directory.CreateDirectory(config.RunDir);
        var clock = new BootClock();
        await using var store = await SqliteStateStore.OpenAsync(config.StateDir, stop);
        var life = Guid.NewGuid().ToString("N")[..12];
        await using var recorder = config.Recording() is { } recording
            ? new StepRecorder(recording, reason => Log(clock, reason)) : null;
        var fencing = new FencingSettings { AgentsDirectory = config.FenceAgents };
        var agents = new FenceAgents(fencing);
        using var fence = new PowerFences(fencing, agents);
        var balancers = new HAProxyBalancers(new HAProxySettings
        {
            Directory = Path.Join(config.RunDir, "balancers"),
            Command = [.. config.BalancerCommand],
        });
        var runner = await ControllerRunner.StartAsync(
            config.Cluster, life, store, fence, clock, reason => Log(clock, reason), stop, recorder, balancers);
        await using var listener = new HttpNodeListener(config.NodesAt());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var loop = runner.RunAsync(ended.Token);
        await listener.StartAsync(runner.Nodes, stop);
        await using var api = ApiServer.Make(config, runner, store, clock, agents);
        await api.StartAsync(stop);
        Log(clock, new Reason("runner", "started",
            $"controller {life} leads cluster {config.Cluster} in epoch {runner.Committed.Office.Epoch}; "
                + $"nodes at {config.Listen}, people at {config.RunDir}/{ApiServer.SocketName}"));
        try
        {
            await loop;
        }
        finally
        {
            await api.StopAsync(CancellationToken.None);
            await ended.CancelAsync();
        }
    }

    private static void Log(IClock clock, Reason reason) =>
        Console.Out.WriteLine($"{clock.Wall:yyyy-MM-ddTHH:mm:ss.fffZ} {reason}");

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
