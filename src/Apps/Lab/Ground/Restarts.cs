using System.Diagnostics;
using Havm.Lab.Client;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Ends one process of the product; the loop that keeps it starts it again after 200 ms, unless it is stopped itself.
/// </summary>
public sealed class Restarts(LabPlan plan)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public Task AgentAsync(NodePlan node, bool kill) =>
        EndAsync(node.Name, LoopScript.Agent, $"node '{node.Name}'", kill);

    public Task WardenAsync(NodePlan node, bool kill) =>
        EndAsync(node.Name, LoopScript.Warden, $"node '{node.Name}'", kill);

    public Task ControllerAsync(bool kill) =>
        EndAsync(LabGround.ControllerGroup, LabGround.ControllerGroup, "controller", kill);

    /// <summary>
    /// Ends the controller and keeps it away: the loop that would start it again stands still.
    /// </summary>
    /// <param name="kill">As a machine that loses its power does; else in good order.</param>
    public Task StopControllerAsync(bool kill)
    {
        ProcessTrees.Of(plan, LabGround.ControllerGroup).Signal(LoopScript.Init, Machine.Stop);
        return ControllerAsync(kill);
    }

    /// <summary>
    /// Lets the controller's loop go on, which starts it, and waits until it answers. Harmless where it was not
    /// stopped.
    /// </summary>
    /// <exception cref="LabFailure">It does not answer in time.</exception>
    public async Task StartControllerAsync()
    {
        ProcessTrees.Of(plan, LabGround.ControllerGroup).Signal(LoopScript.Init, Machine.Continue);
        using var client = new LabClient(plan.Paths.ApiSocket);
        var limit = Stopwatch.StartNew();
        while (!await AnswersAsync(client))
        {
            if (limit.Elapsed > Patience)
            {
                throw new LabFailure(
                    $"controller: it does not answer within {Patience.TotalSeconds} s; see its log beside its "
                    + "configuration");
            }

            await Task.Delay(Look);
        }
    }

    private static async Task<bool> AnswersAsync(LabClient client)
    {
        try
        {
            await client.StatusAsync(CancellationToken.None);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task EndAsync(string group, string part, string subject, bool kill)
    {
        var tree = ProcessTrees.Of(plan, group);

        // Guests outlive their agent; without cgroups they still carry its tag.
        var ended = tree.Processes(part).Where(pid => !QemuProcess.IsQemu(pid)).ToList();
        if (ended.Count == 0)
        {
            throw new LabRefusal(
                subject, part, "it does not run (no power, or it is between two starts)",
                "See havm lab status and the log beside its configuration");
        }

        ended.ForEach(pid => Machine.Signal(pid, kill ? Machine.Kill : Machine.Terminate));
        if (!await Until.TrueAsync(() => !tree.Processes(part).Intersect(ended).Any(), Patience))
        {
            throw new LabFailure($"{subject}: {part} does not end within {Patience.TotalSeconds} s; try --kill");
        }
    }
}
