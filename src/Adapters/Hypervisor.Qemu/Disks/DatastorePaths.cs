using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>Turns "this file on that datastore" into a path of this node.</summary>
public sealed class DatastorePaths(IReadOnlyDictionary<string, string> mounts)
{
    /// <summary>
    /// The file's path here. Throws <see cref="MachineException"/> (MissingFile) for a datastore this node does not
    /// have, and for a path that would leave it.
    /// </summary>
    public string PathOf(FileOnDatastore file)
    {
        if (!mounts.TryGetValue(file.Datastore, out string? mount))
        {
            throw Missing(file, "this node does not mount that datastore; add it to the node's datastores");
        }

        string root = Path.GetFullPath(mount);
        string path = Path.GetFullPath(Path.Join(root, file.Path));
        return path.StartsWith(root + "/", StringComparison.Ordinal)
            ? path
            : throw Missing(file, "the path leads out of the datastore");
    }

    /// <summary>As <see cref="PathOf"/>, and the file must be there.</summary>
    public string ExistingPathOf(FileOnDatastore file)
    {
        string path = PathOf(file);
        return File.Exists(path) ? path : throw Missing(file, $"there is no file {path} on this node");
    }

    public static MachineException Missing(FileOnDatastore file, string reason) =>
        new(MachineTrouble.MissingFile, $"datastore {file.Datastore}, file {file.Path}: {reason}");
}
