using System.Text;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// A node's processes without cgroups: everything started for it inherits an environment variable that names lab, node
/// and part. Weaker than a cgroup (a process could drop it), and so used only where cgroups are out of reach.
/// </summary>
/// <param name="prefix">What the variable's value begins with: `lab/` or `lab/node/`.</param>
public sealed class TaggedTree(string prefix) : IProcessTree
{
    public const string Variable = "HAVM_LAB_TAG";

    public IReadOnlyList<int> Processes(string part = "") =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(entry => int.TryParse(Path.GetFileName(entry), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && Carries(pid, prefix + part))];

    public void Make(params IReadOnlyList<string> parts)
    {
        // A tag needs no place to live.
    }

    public async Task ObliterateAsync()
    {
        // A dying parent may still have forked: kill again until a look finds nobody.
        var gone = await Until.TrueAsync(
            () => this.Signal("", Machine.Kill) == 0 && Processes().Count == 0, ProcessTrees.Patience);
        if (!gone)
        {
            throw new LabFailure($"{prefix}: processes {string.Join(", ", Processes())} do not die");
        }
    }

    private static bool Carries(int pid, string start)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{pid}/environ").AsSpan();
            var wanted = Encoding.UTF8.GetBytes($"{Variable}={start}");
            return environment.StartsWith(wanted) || environment.IndexOf((byte[])[0, .. wanted]) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
