using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;

namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>A disk whose file is there.</summary>
/// <param name="BasePath">The base it overlays; null without.</param>
internal sealed record ReadyDisk(DiskDefinition Definition, string Path, string? BasePath);

/// <summary>
/// Makes a machine's disk files ready. Fresh ones are written anew in place: qemu-img asks for the file's lock first,
/// so that a copy that still runs elsewhere is seen as DiskLocked before a byte is lost. Kept ones are made
/// beside their name and moved to it, so that a half-made disk never passes for a good one, and are never overwritten.
/// </summary>
internal sealed class DiskPreparer(DatastorePaths paths, string imageProgram, TimeSpan timeout)
{
    private readonly ConcurrentDictionary<string, Task> _looks = [];

    /// <summary>
    /// Prepares all disks side by side. Throws <see cref="MachineException"/>; what it made of Fresh disks is
    /// removed then.
    /// </summary>
    public async Task<ImmutableArray<ReadyDisk>> PrepareAsync(MachineDefinition machine, CancellationToken cancel)
    {
        var made = new ConcurrentBag<string>();
        try
        {
            // A hung datastore blocks whoever touches it, in calls that cannot be cancelled: hence the pool and the
            // limit.
            var all = machine.Disks.Select(disk => Task.Run(() => PrepareAsync(disk, made, cancel), cancel));
            return [.. await Task.WhenAll(all).WaitAsync(timeout, cancel)];
        }
        catch (TimeoutException e)
        {
            throw new MachineException(
                MachineTrouble.DatastoreSilent,
                $"instance {machine.Instance}: its datastore did not answer within {timeout.TotalSeconds:0.#} s", e);
        }
        catch (MachineException)
        {
            Remove(made);
            throw;
        }
    }

    /// <summary>Whether nobody holds a lock by which these disks, or their bases, would be refused.</summary>
    public Task<bool> AreFreeAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) => LookAsync(
        disks, disk => ImageLock.IsFree(paths.PathOf(disk.File))
            && (disk.Base is not { } file || ImageLock.IsFreeAsBase(paths.PathOf(file))), cancel);

    /// <summary>Whether new data is taken beside each of them.</summary>
    public Task<bool> HasRoomAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        LookAsync(disks, disk => RoomProbe.IsTaken(paths.PathOf(disk.File)), cancel);

    private async Task<bool> LookAsync(
        ImmutableArray<DiskDefinition> disks, Func<DiskDefinition, bool> isSo, CancellationToken cancel)
    {
        // A look that hangs cannot be called off, only left behind: one at a time on each datastore.
        string where = string.Join(' ', disks.Select(disk => disk.File.Datastore).Distinct().Order());
        if (_looks.TryGetValue(where, out var before) && !before.IsCompleted)
        {
            throw new MachineException(
                MachineTrouble.DatastoreSilent, "a datastore has not answered the question before this one yet");
        }

        try
        {
            var look = Task.Run(() => disks.All(isSo), cancel);
            _looks[where] = look;
            return await look.WaitAsync(timeout, cancel);
        }
        catch (TimeoutException e)
        {
            throw new MachineException(
                MachineTrouble.DatastoreSilent,
                $"a datastore did not answer within {timeout.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>Removes Fresh disks that nobody has open.</summary>
    public void RemoveFresh(MachineDefinition machine) =>
        Remove(machine.Disks.Where(disk => disk.Life == DiskLife.Fresh).Select(disk => paths.PathOf(disk.File)));

    private static void Remove(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            ImageLock.DeleteIfFree(file);
        }
    }

    private async Task<ReadyDisk> PrepareAsync(
        DiskDefinition disk, ConcurrentBag<string> made, CancellationToken cancel)
    {
        string path = paths.PathOf(disk.File);
        string? basePath = disk.Base is { } file ? paths.ExistingPathOf(file) : null;
        if (disk.Life == DiskLife.Fresh)
        {
            made.Add(path);
            await CreateAsync(disk, path, basePath, cancel);
        }
        else if (!File.Exists(path))
        {
            await CreateKeptAsync(disk, path, basePath, cancel);
        }

        return new ReadyDisk(disk, path, basePath);
    }

    private async Task CreateKeptAsync(DiskDefinition disk, string path, string? basePath, CancellationToken cancel)
    {
        if (disk.Size.Value == 0 && basePath is null)
        {
            throw DatastorePaths.Missing(disk.File, $"disk {disk.Name} is to be an existing file, and there is none");
        }

        string unfinished = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            await CreateAsync(disk, unfinished, basePath, cancel);
            Persist(unfinished);
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else made it first; theirs is the disk.
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private async Task CreateAsync(DiskDefinition disk, string path, string? basePath, CancellationToken cancel)
    {
        string directory = Path.GetDirectoryName(path)!;
        List<string> arguments = ["create", "-q", "-f", "qcow2"];
        if (basePath is not null)
        {
            // Relative on the same datastore: other nodes mount it elsewhere.
            bool isNear = disk.Base!.Datastore == disk.File.Datastore;
            arguments.AddRange(["-b", isNear ? Path.GetRelativePath(directory, basePath) : basePath, "-F", "qcow2"]);
        }

        arguments.Add(path);
        if (disk.Size.Value > 0)
        {
            arguments.Add(disk.Size.Value.ToString(CultureInfo.InvariantCulture));
        }

        MakeDirectory(directory, disk);
        var result = await ShortCommand.RunAsync(imageProgram, arguments, "", timeout, cancel);
        if (!result.Succeeded)
        {
            throw new MachineException(
                QemuWords.TroubleOf(result.Error),
                $"disk {disk.Name}, file {disk.File.Path} on datastore {disk.File.Datastore}: {result.Error}");
        }
    }

    private static void MakeDirectory(string directory, DiskDefinition disk)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineException(
                QemuWords.TroubleOf(e.Message),
                $"disk {disk.Name}: directory of {disk.File.Path} on datastore {disk.File.Datastore}: {e.Message}", e);
        }
    }

    /// <summary>A disk that lives on must not come back empty after a power cut.</summary>
    private static void Persist(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}
