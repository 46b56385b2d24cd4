namespace Havm.Hypervisor.Qemu.Evidence;

/// <summary>
/// What the evidence of all instances of a node may take together. Each instance has a bound of its own in incidents;
/// this one holds also for many instances, and for those that are long gone from the node.
/// </summary>
public static class EvidenceBudget
{
    /// <summary>What is kept now. What goes away meanwhile is not counted.</summary>
    /// <param name="directory">Holds a directory per instance, and that one per incident.</param>
    public static EvidenceUse Of(string directory)
    {
        var incidents = Incidents(directory);
        return new EvidenceUse(incidents.Count, incidents.Sum(incident => incident.Bytes));
    }

    /// <summary>
    /// Removes the oldest until all fits into <paramref name="bytes"/>, but never the newest, and none into which a
    /// dump is being written. Dumps of guests go first: one takes as much as what is told in words of thousands of
    /// incidents.
    /// </summary>
    public static void Hold(string directory, long bytes)
    {
        var incidents = Incidents(directory);
        long held = incidents.Sum(incident => incident.Bytes);
        var old = incidents.SkipLast(1).Where(i => !GuestDump.IsUnderWay(i.Incident.FullName)).ToList();
        foreach (var (incident, _) in old)
        {
            var dump = new FileInfo(Path.Join(incident.FullName, GuestDump.FileName));
            if (held > bytes && dump.Exists)
            {
                held -= dump.Length;
                dump.Delete();
            }
        }

        foreach (var (incident, _) in old)
        {
            if (held <= bytes)
            {
                return;
            }

            held -= Size(incident);
            Remove(incident);
        }
    }

    /// <summary>Oldest first.</summary>
    private static List<(DirectoryInfo Incident, long Bytes)> Incidents(string directory) =>
        !Directory.Exists(directory) ? [] :
        [
            .. from instance in new DirectoryInfo(directory).GetDirectories()
               from incident in Below(instance)
               orderby incident.LastWriteTimeUtc, incident.FullName
               select (incident, Size(incident)),
        ];

    private static DirectoryInfo[] Below(DirectoryInfo instance)
    {
        try
        {
            return instance.GetDirectories();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static long Size(DirectoryInfo incident)
    {
        try
        {
            return incident.GetFiles().Sum(file => file.Length);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>With the instance's own directory, where nothing else is in it.</summary>
    private static void Remove(DirectoryInfo incident)
    {
        try
        {
            incident.Delete(recursive: true);
            if (incident.Parent is { } instance && instance.GetFileSystemInfos().Length == 0)
            {
                instance.Delete();
            }
        }
        catch (IOException)
        {
            // Another incident of the same instance was kept or removed meanwhile: the next one tries again.
        }
    }
}

/// <summary>What evidence takes.</summary>
/// <param name="Incidents">How many incidents have some.</param>
public sealed record EvidenceUse(int Incidents, long Bytes);
