using System.Diagnostics;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// A program that is none of Havm's and has a disk's image open: QEMU's own tool, which takes the locks that QEMU
/// takes. One on each node, because a lab's nodes see the locks of their own mount alone; real shared storage would
/// show one of them everywhere.
/// </summary>
internal sealed class DiskLocker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Process> _holders = [];

    /// <summary>Returns when every node is refused; what fails before that lets go of all of them.</summary>
    public static async Task<DiskLocker> HoldAsync(
        LabPlan plan, IEnumerable<string> nodes, string instance, string disk, CancellationToken cancel)
    {
        var locker = new DiskLocker();
        try
        {
            foreach (var node in nodes)
            {
                var init = ProcessTrees.Of(plan, node).Processes(LoopScript.Init)[0];
                var file = $"{plan.Paths.NodeDatastore(node)}/instances/{instance}/{disk}.qcow2";
                Assert.True(await Until.TrueAsync(() => locker.Holds(init, file), Patience, cancel), $"{file} is free");
            }

            return locker;
        }
        catch
        {
            await locker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Each lets go as it ends, whatever ended it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var holder in _holders)
        {
            holder.Kill();
            await holder.WaitForExitAsync();
            holder.Dispose();
        }

        _holders.Clear();
    }

    /// <summary>
    /// One that found the image open, by whoever looks at it at that moment, has ended at once: another is begun.
    /// </summary>
    private bool Holds(int init, string file)
    {
        if (_holders.Find(h => h.StartInfo.ArgumentList[^1] == file) is not { } holder)
        {
            _holders.Add(Process.Start(new ProcessStartInfo("nsenter", ["--target", $"{init}", "--mount",
                "qemu-io", "-f", "qcow2", "-c", $"sleep {int.MaxValue}", file]) { RedirectStandardOutput = true })!);
            return false;
        }

        if (!holder.HasExited)
        {
            return IsRefused(init, file);
        }

        _holders.Remove(holder);
        holder.Dispose();
        return false;
    }

    private static bool IsRefused(int init, string file)
    {
        var (code, _, error) = Tool.TryAsync(
            "nsenter", ["--target", $"{init}", "--mount", "qemu-img", "info", file]).GetAwaiter().GetResult();
        return code != 0 && error.Contains("Failed to get", StringComparison.Ordinal);
    }
}
