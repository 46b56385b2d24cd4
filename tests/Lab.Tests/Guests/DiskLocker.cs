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

    /// <summary>Returns when every node is refused.</summary>
    public static async Task<DiskLocker> HoldAsync(
        LabPlan plan, IEnumerable<string> nodes, string instance, string disk, CancellationToken cancel)
    {
        var locker = new DiskLocker();
        foreach (var node in nodes)
        {
            var init = ProcessTrees.Of(plan, node).Processes(LoopScript.Init)[0];
            var file = $"{plan.Paths.NodeDatastore(node)}/instances/{instance}/{disk}.qcow2";
            var start = new ProcessStartInfo("nsenter", ["--target", $"{init}", "--mount", "qemu-io",
                "-f", "qcow2", "-c", $"sleep {int.MaxValue}", file]) { RedirectStandardOutput = true };
            locker._holders.Add(Process.Start(start)!);
            Assert.True(await Until.TrueAsync(() => IsRefused(init, file), Patience, cancel), $"{file} is not locked");
        }

        return locker;
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

    private static bool IsRefused(int init, string file)
    {
        var (code, _, error) = Tool.TryAsync(
            "nsenter", ["--target", $"{init}", "--mount", "qemu-img", "info", file]).GetAwaiter().GetResult();
        return code != 0 && error.Contains("Failed to get", StringComparison.Ordinal);
    }
}
