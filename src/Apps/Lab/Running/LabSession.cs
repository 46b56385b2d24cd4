using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Spectre.Console;

namespace Havm.Lab.Running;

/// <summary>A lab with guests for as long as this process lives: nothing of it remains after disposal.</summary>
public sealed class LabSession : IAsyncDisposable
{
    private LabSession(LabPlan plan) => (Plan, Client) = (plan, new LabClient(plan.Paths.ApiSocket));

    public LabPlan Plan { get; }

    public LabClient Client { get; }

    /// <summary>Builds the lab; the leftovers of one whose owner was killed are taken away first.</summary>
    /// <exception cref="LabRefusal">A lab of this name lives.</exception>
    public static async Task<LabSession> StartAsync(LabRequest request, CancellationToken cancel)
    {
        using var held = await LabLock.TakeAsync(request.Name, cancel);
        if (LabGround.IsUp(request.Name))
        {
            throw new LabRefusal(
                $"lab '{request.Name}'", "--name", "a lab of this name is up",
                $"End its run, take it down with havm lab down --name {request.Name}, or run with another --name");
        }

        var plan = request.ToPlan();
        if (plan.Images is null)
        {
            throw new LabRefusal(
                "run", "--images", "no guest image is named", "Name the directory that lab/guest/build made");
        }

        Console.WriteLine(
            $"Starting lab '{plan.Name}': {plan.Racks.Count} racks, {plan.Nodes.Count} nodes, at {plan.Directory}");
        await LabGround.UpAsync(plan, cancel, LabOwner.Current);
        return new LabSession(plan);
    }

    /// <summary>Applies the lab's objects and the example, and shows the way until every guest is ready.</summary>
    public async Task ShowStartAsync(CancellationToken cancel)
    {
        var start = new ClusterStart(Plan, Client);
        await start.ConnectAsync(cancel);
        var snapshot = await StartProgress.ShowAsync(start, cancel);
        AnsiConsole.Write(ClusterPages.Racks(snapshot));
        AnsiConsole.Write(ClusterPages.Instances(snapshot));
        ClusterPages.WriteHints(Plan, snapshot);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Console.WriteLine($"Taking lab '{Plan.Name}' away");
        using var held = await LabLock.TakeAsync(Plan.Name);

        // Somebody may have replaced it meanwhile; what lives and dies with another process is not ours to end.
        if (LabOwner.Read(Plan) is null or { IsAlive: false } || LabOwner.Read(Plan) == LabOwner.Current)
        {
            await LabGround.ClearAsync(Plan.Name);
        }
    }
}
