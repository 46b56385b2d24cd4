using System.Collections.Immutable;
using System.Diagnostics;
using Havm.Core.Host.Watch;
using Havm.Hypervisor.Qemu.Qmp;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>
/// Dumps a guest's memory into the evidence of an incident. QEMU writes it beside everything else and has no word to
/// stop it, but the machine is ended next, and with it whatever still writes: what is not complete in time is unlinked.
/// </summary>
internal static class GuestDump
{
    public const string FileName = "guest.dump";

    private const string Unfinished = ".part";
    private const string Compressed = "kdump-zlib", Plain = "elf";

    /// <summary>
    /// Time between two looks at how far a dump is; also what is left of a deadline for the look that ends it.
    /// </summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Room on the disk is judged for one at a time, and two would only slow each other down.</summary>
    private static readonly SemaphoreSlim One = new(1);

    /// <param name="directory">Holds the evidence of the incident; made when it is not there.</param>
    public static async Task<DumpOutcome> WriteAsync(
        string directory, QemuSettings settings, QmpSession session, TimeSpan within, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(within);
        string file = Path.Join(directory, FileName);
        try
        {
            await One.WaitAsync(deadline.Token);
            try
            {
                Directory.CreateDirectory(directory);
                return await TryAsync(file, settings, session, deadline.Token);
            }
            finally
            {
                One.Release();
                if (!cancel.IsCancellationRequested)
                {
                    File.Delete(file + Unfinished);
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new DumpOutcome(null, $"it was not complete within {within.TotalSeconds:0.##} s");
        }
        catch (Exception e) when (e is QmpException or IOException or UnauthorizedAccessException)
        {
            return new DumpOutcome(null, e.Message);
        }
    }

    /// <summary>
    /// Removes what a life of the agent that ended in the middle of a dump has left: what says so while a guest is held
    /// for it.
    /// </summary>
    /// <returns>The instances of which there was one.</returns>
    public static ImmutableHashSet<InstanceName> RemoveUnfinished(string evidenceDirectory)
    {
        var left = ImmutableHashSet.CreateBuilder<InstanceName>();
        try
        {
            foreach (string file in Directory.Exists(evidenceDirectory)
                ? Directory.GetFiles(evidenceDirectory, FileName + Unfinished, SearchOption.AllDirectories) : [])
            {
                left.Add(new InstanceName(Path.GetRelativePath(evidenceDirectory, file).Split('/')[0]));
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with its incident.
        }

        return left.ToImmutable();
    }

    /// <summary>Whether a dump is being written there, or was when its writer ended.</summary>
    public static bool IsUnderWay(string directory) => File.Exists(Path.Join(directory, FileName + Unfinished));

    private static async Task<DumpOutcome> TryAsync(
        string file, QemuSettings settings, QmpSession session, CancellationToken cancel)
    {
        var memory = await session.QueryMemoryAsync(cancel);
        var disk = new DriveInfo(Path.GetDirectoryName(file)!);
        if (DumpRule.Refusal(
            memory, new Bytes(settings.EvidenceBytes), Bytes.MiB(disk.AvailableFreeSpace / Bytes.Mebi),
            DumpRule.Reserve(new Bytes(disk.TotalSize))) is { } refusal)
        {
            return new DumpOutcome(null, refusal);
        }

        // Held by us, so that QEMU finds it held and does not let its vCPUs run again once it has written. The file is
        // there first: it tells the next life of this agent why the guest is held.
        Make(file + Unfinished);
        await session.StopAsync(cancel);
        await BeginAsync(file + Unfinished, session, cancel);

        // Only now: one that is refused takes nothing from others.
        EvidenceBudget.Hold(
            settings.EvidenceDirectory, settings.EvidenceBytes - DumpRule.Largest(memory).Value);
        string status;
        while ((status = await session.QueryDumpAsync(cancel)) == "active")
        {
            await Task.Delay(LookPeriod, cancel);
        }

        if (status != "completed")
        {
            return new DumpOutcome(null, $"QEMU says {status}; its log may say why");
        }

        File.Move(file + Unfinished, file, overwrite: true);
        return new DumpOutcome(file, null);
    }

    /// <summary>Made by us: QEMU keeps the mode of a file that is there.</summary>
    private static void Make(string file) => File.Open(file, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    }).Dispose();

    private static async Task BeginAsync(string file, QmpSession session, CancellationToken cancel)
    {
        if ((await session.QueryDumpFormatsAsync(cancel)).Contains(Compressed))
        {
            try
            {
                await session.DumpAsync(file, Compressed, cancel);
                return;
            }
            catch (QmpException e) when (e.Trouble == QmpTrouble.Refused)
            {
                // Not of this guest: what every one allows is tried below, and what that meets is told.
            }
        }

        await session.DumpAsync(file, Plain, cancel);
    }
}
