using System.Globalization;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent.Supervision;

/// <summary>
/// Remembers the running role across a crash of the agent, in a file that does not outlive the boot. The next agent
/// kills what it finds there: two copies of a role must not run side by side. A process is known by its id and its
/// start time, so a re-used id harms nobody.
/// </summary>
internal sealed class RoleRecord(string path)
{
    /// <summary>Notes the running process.</summary>
    public void Keep(int process)
    {
        try
        {
            File.WriteAllText(path, $"{process} {StartTime(process)}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Write($"cannot note the role's process in {path}: {e.Message}");
        }
    }

    /// <summary>Notes that no process runs.</summary>
    public void Forget() => File.Delete(path);

    /// <summary>Kills what an earlier agent left running.</summary>
    public void KillLeftover()
    {
        if (!File.Exists(path))
        {
            return;
        }

        string[] parts = File.ReadAllText(path).TrimEnd().Split(' ');
        if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int process) && process > 1
            && parts[1].Length > 0 && StartTime(process) == parts[1])
        {
            Log.Write($"killing process {process}, the role of an earlier agent");
            _ = Libc.Signal(-process, Libc.Kill);
        }

        Forget();
    }

    /// <summary>Field 22 of the process's stat line, counted after the name, which may hold anything.</summary>
    private static string StartTime(int process)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return fields.Length > 19 ? fields[19] : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
