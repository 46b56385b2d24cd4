using Havm.Lab.Commands;
using Havm.Lab.Ground;
using Havm.Lab.Running;
using Havm.Lab.Tools;

namespace Havm.Bench;

/// <summary>The lab that figures are taken in: 3 racks with the example's guests, all ready.</summary>
internal static class BenchLab
{
    /// <summary>
    /// Nodes are struck dozens of times within the hour; no site's are, and quarantine would take them out of the run.
    /// A hung guest is waited for as the shortest preset says.
    /// </summary>
    private const string Policy =
        """
        {apiVersion: havm/v1, kind: Policy, metadata: {name: default},
          spec: {nodeLife: {automatic: false}, healing: {hangWait: 30s}}}
        """;

    /// <param name="who">The command, for refusals.</param>
    /// <param name="name">The lab's name.</param>
    /// <param name="images">Directory of the guest image.</param>
    /// <param name="behind">What agents and wardens run behind; null: nothing.</param>
    /// <param name="more">Specs beyond the example's; empty: none.</param>
    /// <param name="cancel">Takes the lab away.</param>
    /// <param name="nodesPerRack">1 to 16.</param>
    /// <exception cref="LabRefusal">No image is named, or a lab of this name is up.</exception>
    public static async Task<LabSession> StartAsync(
        string who, string name, string? images, Func<LabCommands, LabCommands>? behind, string more,
        CancellationToken cancel, int nodesPerRack = 2)
    {
        if (images is null)
        {
            throw new LabRefusal(who, "--images", "no guest image is named",
                "run it through ./bench, or name the directory that lab/guest/build made");
        }

        var commands = ProductCommands.Find(null, null, null);
        var session = await LabSession.StartAsync(
            new LabRequest
            {
                Name = name, Images = images, NodesPerRack = nodesPerRack,
                Commands = behind?.Invoke(commands) ?? commands,
            },
            cancel);
        try
        {
            var start = new ClusterStart(session.Plan, session.Client);
            await start.ConnectAsync(cancel);
            await session.Client.ApplyAsync(Policy, cancel);
            await start.ApplyAsync(cancel);
            if (more.Length > 0)
            {
                await session.Client.ApplyAsync(more, cancel);
            }

            await start.ReadyAsync(cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
