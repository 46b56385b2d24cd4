using System.Globalization;
using System.Runtime.InteropServices;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>Makes a node's datastore stand still at the moment a machine's flush is under way.</summary>
internal static class FlushUnderWay
{
    private const int Tries = 600;
    private const int LooksPerTry = 10;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Accesses are let through one by one until one of them is a flush; it is left waiting, the datastore hanging.
    /// </summary>
    /// <param name="pid">The machine's QEMU.</param>
    public static async Task AwaitAsync(LabPlan plan, NodePlan node, int pid, CancellationToken cancel)
    {
        var faults = new DatastoreFaults(plan);
        for (var i = 0; i < Tries; i++)
        {
            faults.Hang(node);
            for (var look = 0; look < LooksPerTry; look++)
            {
                await Task.Delay(Look, cancel);
                if (IsFlushing(pid))
                {
                    return;
                }
            }

            await faults.HealAsync(node);
            await Task.Delay(TimeSpan.FromMilliseconds(i % 7), cancel);
        }

        Assert.Fail($"in {Tries} tries QEMU {pid} was never seen in a flush");
    }

    private static bool IsFlushing(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task").Any(thread =>
        LabFiles.ReadText($"{thread}/syscall") is { } call && call.StartsWith(Fdatasync, StringComparison.Ordinal));

    /// <summary>As the kernel numbers it, and writes it first in a thread's `syscall`.</summary>
    private static string Fdatasync { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 83 : 75)} ");
}
