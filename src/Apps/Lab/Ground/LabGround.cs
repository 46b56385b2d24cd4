using Havm.Lab.Chassis;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>Builds a whole lab and takes it away again. Both expect the lab's lock to be held.</summary>
public static class LabGround
{
    public const string ControllerGroup = LabNetwork.Controllers;
    public const string ChassisGroup = LabNetwork.Chassis;

    private static readonly TimeSpan ChassisPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True if a lab of this name was started whole, its machine room still lives, and so does its owner if it has one.
    /// </summary>
    public static bool IsUp(string name) =>
        LabRecord.Find(name) is { } record
        && LabFiles.ReadJson<LabPlan>(new LabPaths(record.Directory).Plan) is { } plan
        && LabState.Read(plan.Paths)?.Phase is LabPhase.Up
        && LabOwner.Read(plan) is null or { IsAlive: true }
        && ProcessTrees.Of(plan, ChassisGroup).Processes().Count > 0;

    /// <summary>
    /// Clears what a killed lab of the same name left, then builds this one. On failure nothing remains.
    /// </summary>
    /// <param name="owner">Who the lab lives and dies with, or null where it is to stay.</param>
    public static async Task UpAsync(LabPlan plan, CancellationToken cancel, LabOwner? owner = null)
    {
        await ClearAsync(plan.Name, plan);
        try
        {
            await WriteFilesAsync(plan);
            owner?.Write(plan);
            if (plan.UsesNamespaces)
            {
                await new LabNetwork(plan).BuildAsync();
            }

            cancel.ThrowIfCancellationRequested();
            await StartChassisAsync(plan, cancel);
            ProcessTrees.Of(plan, LabNetwork.Balancers).Make(LabNetwork.Balancers);
            await StartAsync(plan, ControllerGroup, plan.Paths.Controller, plan.Commands.Controller);
            cancel.ThrowIfCancellationRequested();
            var power = new NodePower(plan);
            await Task.WhenAll(plan.Nodes.Select(power.TurnOnAsync));
            cancel.ThrowIfCancellationRequested();
            ApiLink.Place(plan);
            LabState.Write(plan.Paths, LabPhase.Up);
        }
        catch
        {
            await ClearAsync(plan.Name, plan);
            throw;
        }
    }

    /// <summary>
    /// Takes away everything a lab of this name has or had: by its record, its directory's plan, and the names it gives
    /// in the kernel. Harmless where there is nothing.
    /// </summary>
    /// <param name="next">The plan that is about to be built under the same name, if any.</param>
    public static async Task ClearAsync(string name, LabPlan? next = null)
    {
        string?[] places = [LabRecord.Find(name)?.Directory, next?.Directory, LabRecord.DefaultDirectory(name)];
        var left = places.OfType<string>().Distinct()
            .Select(place => LabFiles.ReadJson<LabPlan>(new LabPaths(place).Plan))
            .OfType<LabPlan>().Where(plan => plan.Name == name).ToList();
        foreach (var plan in left)
        {
            LabState.Write(plan.Paths, LabPhase.Stopping);
            ApiLink.Remove(plan);
        }

        foreach (var plan in next is null ? left : [.. left, next])
        {
            await ProcessTrees.Of(plan, "").ObliterateAsync();
            if (plan.Cgroup is not null)
            {
                LabFiles.RemoveIfEmpty(Path.GetDirectoryName(plan.Cgroup)!);
            }

            await LabNetwork.DeleteNamespacesAsync(plan, LabNetwork.Existing(name));
        }

        foreach (var plan in left)
        {
            await RemoveDirectoryAsync(plan);
        }

        LabRecord.Remove(name);
    }

    private static async Task WriteFilesAsync(LabPlan plan)
    {
        new LabRecord(plan.Name, plan.Directory).Write();
        Directory.CreateDirectory(plan.Directory);
        LabFiles.WriteJson(plan.Paths.Plan, plan);
        LabState.Write(plan.Paths, LabPhase.Starting);
        Directory.CreateDirectory(
            plan.Paths.Chassis, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(plan.Paths.Datastore);
        await NodeDisks.MountAsync(plan);
        NodeConfig.WriteAll(plan);
        ControllerConfig.Write(plan);
        StorageFence.Write(plan);
        LabCertificates.WriteAll(plan);
        LabObjects.Write(plan);
        if (plan.Images is not null)
        {
            ImageFiles.Offer(plan.Images, plan.Paths.Images);
        }
    }

    private static async Task StartChassisAsync(LabPlan plan, CancellationToken cancel)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "havm-lab");
        await StartAsync(plan, ChassisGroup, plan.Paths.Chassis, [program, "chassis", "--dir", plan.Directory]);
        if (!await Until.TrueAsync(() => File.Exists(plan.Paths.ChassisReady), ChassisPatience, cancel))
        {
            var log = LabFiles.ReadText(plan.Paths.ChassisLog);
            throw new LabFailure($"the chassis process does not come up: {log}");
        }
    }

    private static async Task StartAsync(LabPlan plan, string group, string home, IReadOnlyList<string> command)
    {
        ProcessTrees.Of(plan, group).Make(LoopScript.Init, group);
        LabFiles.WriteText($"{home}/loop.sh", LoopScript.ForOne(plan, group, home, command));
        await Launcher.StartAsync(plan, group, $"{home}/loop.sh", $"{home}/loop.log", ownMounts: false);
    }

    private static async Task RemoveDirectoryAsync(LabPlan plan)
    {
        var mounts = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1])
            .Where(mount => mount.StartsWith(plan.Directory + "/", StringComparison.Ordinal)).Reverse().ToList();
        foreach (var mount in mounts)
        {
            await Tool.RunAsync("umount", ["--lazy", mount]);
        }

        // The plan goes last: as long as it is there, a killed removal can be taken up again.
        foreach (var entry in new DirectoryInfo(plan.Directory).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else if (entry.FullName != plan.Paths.Plan)
            {
                entry.Delete();
            }
        }

        File.Delete(plan.Paths.Plan);
        if (plan.MadeDirectory)
        {
            Directory.Delete(plan.Directory);
            RemoveDefaultParents(plan);
        }
    }

    private static void RemoveDefaultParents(LabPlan plan)
    {
        if (plan.Directory == LabRecord.DefaultDirectory(plan.Name))
        {
            var labs = Path.GetDirectoryName(plan.Directory)!;
            LabFiles.RemoveIfEmpty(labs);
            LabFiles.RemoveIfEmpty(Path.GetDirectoryName(labs)!);
        }
    }
}
