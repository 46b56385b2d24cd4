using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Lets `havm` find the lab without being told: its default socket becomes a link to the controller's of the lab with
/// the default name. A socket of another controller that is there already is left alone.
/// </summary>
public static class ApiLink
{
    public const string DefaultSocket = "/run/havm/havm.sock";

    /// <summary>True if `havm` reaches this lab without a flag.</summary>
    public static bool IsPlaced(LabPlan plan) =>
        new FileInfo(DefaultSocket).LinkTarget == plan.Paths.ApiSocket;

    public static void Place(LabPlan plan)
    {
        var there = new FileInfo(DefaultSocket);
        var foreign = there.LinkTarget is null ? there.Exists : there.ResolveLinkTarget(true) is { Exists: true };
        if (plan.Name != LabRequest.DefaultName || !Machine.IsRoot || foreign)
        {
            return;
        }

        Directory.CreateDirectory(
            Path.GetDirectoryName(DefaultSocket)!,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(DefaultSocket);
        File.CreateSymbolicLink(DefaultSocket, plan.Paths.ApiSocket);
    }

    /// <summary>Takes this lab's link away, and its directory if nothing else is in it.</summary>
    public static void Remove(LabPlan plan)
    {
        if (IsPlaced(plan))
        {
            File.Delete(DefaultSocket);
            LabFiles.RemoveIfEmpty(Path.GetDirectoryName(DefaultSocket)!);
        }
    }
}
