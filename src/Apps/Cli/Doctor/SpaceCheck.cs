using Havm.Datastore;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Model;

namespace Havm.Cli.Doctor;

/// <summary>Whether state and evidence have room, and what is said to be durable gets there in time.</summary>
internal sealed class SpaceCheck : ICheck
{
    private const long Little = 2048 * Bytes.Mebi;
    private const long TooLittle = 256 * Bytes.Mebi;

    public string Name => "space";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        List<Finding> all = [];
        if (site.Node is { } node)
        {
            EvidenceUse used = EvidenceBudget.Of(node.EvidenceDir);
            long bound = node.Config.EvidenceMiB * Bytes.Mebi;
            all.AddRange(Look("node's state", node.Config.StateDir, Math.Max(0, bound - used.Bytes)));
            all.Add(Evidence(used, bound));
        }

        if (site.Controller is { } controller)
        {
            all.AddRange(Look("controller's state", controller.StateDir, controller.RecordingMiB * Bytes.Mebi));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(all);
    }

    private static IEnumerable<Finding> Look(string about, string directory, long promised)
    {
        string there = Existing(directory);
        yield return Judge(about, directory, new DriveInfo(there).AvailableFreeSpace, promised);
        string file = Path.Join(there, $".havm-doctor-{Guid.NewGuid():N}");
        Finding flush;
        try
        {
            flush = DatastoreCheck.Flushes(about, StorageProbe.Flush(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            flush = Finding.Fail($"{about} flush", "cannot be written", e.Message, "let root write there");
        }
        finally
        {
            File.Delete(file);
        }

        yield return flush;
    }

    /// <param name="promised">Bytes that the configuration lets it grow by.</param>
    public static Finding Judge(string about, string directory, long free, long promised)
    {
        string evidence = $"{directory}: {free / Bytes.Mebi} MiB free";
        return free < TooLittle
            ? Finding.Fail(about, "there is hardly any room", evidence, $"make room below {directory}")
            : free < Little + promised
                ? Finding.Warn(about, $"there is less room than {(Little + promised) / Bytes.Mebi} MiB",
                    evidence, $"make room below {directory}")
                : Finding.Ok(about, "there is room", evidence);
    }

    /// <summary>More than the bound is kept only until the next incident, as after the bound was lowered.</summary>
    public static Finding Evidence(EvidenceUse used, long bound)
    {
        string evidence =
            $"{Count.Of(used.Incidents, "incident")}, {used.Bytes / Bytes.Mebi} of {bound / Bytes.Mebi} MiB";
        return used.Bytes > bound
            ? Finding.Warn("evidence", "incidents left more behind than is to be kept", evidence,
                "raise evidenceMiB, or leave it: the next incident removes the oldest")
            : Finding.Ok("evidence", "what incidents left behind is within its bound", evidence);
    }

    /// <summary>What is not made yet will lie where its nearest parent does.</summary>
    private static string Existing(string directory)
    {
        while (!Directory.Exists(directory))
        {
            directory = Path.GetDirectoryName(directory) ?? "/";
        }

        return directory;
    }
}
