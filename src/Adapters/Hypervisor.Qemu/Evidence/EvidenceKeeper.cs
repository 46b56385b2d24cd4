using System.Collections.Immutable;
using Havm.Hypervisor.Qemu.Qmp;

namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>
/// Keeps what an incident leaves behind before the next start wipes it. What cannot be had is left out: a missing
/// picture must not hold up a repair.
/// </summary>
internal static class EvidenceKeeper
{
    /// <param name="session">Null when there is no monitor to ask for a picture.</param>
    /// <param name="roleLog">What the guest's program wrote last, as its guest agent says; may be empty.</param>
    public static async Task<ImmutableArray<string>> KeepAsync(
        MachineFiles files, QemuSettings settings, string incident, QmpSession? session, string roleLog,
        CancellationToken cancel)
    {
        string directory = DirectoryOf(files, settings, incident);
        string home = Path.GetDirectoryName(directory)!;
        try
        {
            Directory.CreateDirectory(directory);
            var kept = ImmutableArray.CreateBuilder<string>();
            Keep(kept, files.ConsoleLog, Path.Join(directory, "console.txt"), settings.ConsoleTailBytes);
            Keep(kept, files.QemuLog, Path.Join(directory, "qemu.log"), settings.ConsoleTailBytes);
            if (roleLog.Length > 0)
            {
                string log = Path.Join(directory, "application.log");
                await File.WriteAllTextAsync(log, roleLog + "\n", cancel);
                kept.Add(log);
            }

            string picture = Path.Join(directory, "screen.png");
            if (session is not null && await IsDrawnAsync(session, picture, cancel))
            {
                kept.Add(picture);
            }

            Prune(home, settings.IncidentsKept);
            EvidenceBudget.Hold(settings.EvidenceDirectory, settings.EvidenceBytes);
            return kept.ToImmutable();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where the evidence of an incident is.</summary>
    public static string DirectoryOf(MachineFiles files, QemuSettings settings, string incident) =>
        Path.Join(settings.EvidenceDirectory, files.Instance.Value, FileName(incident));

    private static void Keep(ImmutableArray<string>.Builder kept, string source, string target, int bytes)
    {
        byte[] tail = LogTail.Bytes(source, bytes);
        if (tail.Length > 0)
        {
            File.WriteAllBytes(target, tail);
            kept.Add(target);
        }
    }

    private static async Task<bool> IsDrawnAsync(QmpSession session, string picture, CancellationToken cancel)
    {
        try
        {
            await session.ScreendumpAsync(picture, cancel);
            return true;
        }
        catch (QmpException)
        {
            return false;
        }
    }

    private static void Prune(string home, int count)
    {
        var incidents = new DirectoryInfo(home).GetDirectories();
        var old = incidents.OrderByDescending(entry => entry.LastWriteTimeUtc).Skip(count);
        foreach (var entry in old)
        {
            entry.Delete(recursive: true);
        }
    }

    private static string FileName(string incident)
    {
        string name = string.Concat(incident.Take(100).Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-'));
        return name.Length > 0 ? name : "incident";
    }
}
