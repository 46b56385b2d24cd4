namespace Havm.Packages.Tests;

/// <summary>
/// A machine as dpkg sees one: a directory with a database of its own. Maintainer scripts run outside it and are told
/// where it is, so that this machine's units and files stay as they are.
/// </summary>
internal sealed class InstalledRoot : IDisposable
{
    public InstalledRoot()
    {
        Home = System.IO.Directory.CreateTempSubdirectory("havm-root-").FullName;
        System.IO.Directory.CreateDirectory(Path("/var/lib/dpkg/info"));
        System.IO.Directory.CreateDirectory(Path("/var/lib/dpkg/updates"));
        File.WriteAllText(Path("/var/lib/dpkg/status"), "");
    }

    public string Home { get; }

    public string Path(string absolute) => Home + absolute;

    /// <summary>Everything that is there but dpkg's own.</summary>
    public string[] Files() =>
    [
        .. System.IO.Directory.GetFileSystemEntries(Home, "*", SearchOption.AllDirectories)
            .Select(file => file[Home.Length..])
            .Where(file => !file.StartsWith("/var/lib/dpkg", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Dependencies lie on the machine around it and not in its database.</summary>
    public Ended Dpkg(params string[] arguments) => Shell.Run(
        "dpkg",
        [$"--root={Home}", "--force-depends", "--force-not-root", "--force-script-chrootless", "--force-confdef",
            "--force-confold", $"--log={Home}/var/lib/dpkg/log", .. arguments]);

    public string Sure(params string[] arguments)
    {
        Ended ended = Dpkg(arguments);
        Assert.True(ended.Code == 0, $"dpkg {string.Join(' ', arguments)}: {ended.Code}\n{ended.Words}");
        return ended.Words;
    }

    public string Plant(string absolute, string content)
    {
        System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(absolute))!);
        File.WriteAllText(Path(absolute), content);
        return Path(absolute);
    }

    public bool IsEnabled(string unit) =>
        new FileInfo(Path($"/etc/systemd/system/multi-user.target.wants/{unit}")).LinkTarget is not null;

    public void Dispose() => System.IO.Directory.Delete(Home, recursive: true);
}
