using System.Text;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Bench;

/// <summary>
/// Sees a guest panic from outside: the first line of the kernel's panic in the console log that QEMU writes. It is
/// there before QEMU tells GUEST_PANICKED, and no part of Havm has a say in it. The log is held open, because the
/// repair takes it away.
/// </summary>
internal sealed class PanicSight : IDisposable
{
    private static readonly byte[] Line = Encoding.ASCII.GetBytes("Kernel panic - not syncing");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FileStream _log;

    private PanicSight(FileStream log) => _log = log;

    /// <summary>Before the guest is told to panic.</summary>
    public static PanicSight Open(LabPlan plan, string instance)
    {
        var running = QemuProcessTable.Read(plan).First(process => process.Instance == instance);
        var path = Path.Combine(plan.Paths.Instances(running.Node), instance, "console.log");
        var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Seek(0, SeekOrigin.End);
        return new PanicSight(log);
    }

    /// <summary>
    /// When it panicked: the last look that did not show the line, so that what is counted from here is too long
    /// rather than too short, by one look.
    /// </summary>
    /// <remarks>Looks each millisecond, on a thread of its own: the pool may be busy.</remarks>
    public Task<DateTimeOffset> SeenAsync() => Task.Factory.StartNew(
        Look, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _log.Dispose();

    private DateTimeOffset Look()
    {
        var said = new List<byte>();
        var chunk = new byte[4096];
        var before = DateTimeOffset.UtcNow;
        var end = before + Limit;
        while (before < end)
        {
            var now = DateTimeOffset.UtcNow;
            var read = _log.Read(chunk);
            said.AddRange(chunk.AsSpan(0, read));
            if (System.Runtime.InteropServices.CollectionsMarshal.AsSpan(said).IndexOf(Line) >= 0)
            {
                return before;
            }

            before = now;
            Thread.Sleep(1);
        }

        throw new LabFailure($"{_log.Name}: the guest did not panic within {Limit.TotalSeconds:0} s");
    }
}
