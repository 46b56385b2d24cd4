using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Shared storage as every simulated node sees it: files, who has them open for writing, and room.</summary>
public sealed class SimulatedDatastores
{
    private readonly Dictionary<FileOnDatastore, SimulatedFile> _files = [];
    private readonly Dictionary<string, bool> _hasRoom = [];

    /// <summary>Adds a datastore; without room nothing can be made on it.</summary>
    public void Add(string name, bool hasRoom = true) => _hasRoom[name] = hasRoom;

    public bool Exists(FileOnDatastore file) => _files.ContainsKey(file);

    /// <summary>Puts a file there, as a person or an image import would.</summary>
    public void Put(FileOnDatastore file) => _files[file] = new SimulatedFile();

    /// <summary>Marks the file's content as written to.</summary>
    public void Scribble(FileOnDatastore file) => _files[file].IsBlank = false;

    /// <summary>True when nothing was written to it since it was made.</summary>
    public bool IsBlank(FileOnDatastore file) => _files[file].IsBlank;

    internal void Require(FileOnDatastore file)
    {
        if (!Exists(file))
        {
            throw new MachineException(
                MachineTrouble.MissingFile, $"datastore {file.Datastore} has no file {file.Path}");
        }
    }

    /// <summary>Makes a disk ready: Fresh ones anew, Kept ones when missing.</summary>
    internal void Prepare(DiskDefinition disk)
    {
        if (disk.Base is { } image)
        {
            Require(image);
        }

        bool isMade = disk.Life == DiskLife.Fresh || !Exists(disk.File);
        if (disk.Life == DiskLife.Kept && !Exists(disk.File) && disk.Size.Value == 0 && disk.Base is null)
        {
            Require(disk.File);
        }

        if (isMade)
        {
            RequireUnlocked(disk.File);
            if (!HasRoom(disk.File))
            {
                throw new MachineException(MachineTrouble.NoSpace, $"datastore {disk.File.Datastore} is full");
            }

            Put(disk.File);
        }
    }

    /// <summary>Takes the write lock for a process.</summary>
    internal void Lock(FileOnDatastore file, SimulatedProcess holder)
    {
        RequireUnlocked(file);
        _files[file].Holder = holder;
    }

    /// <summary>Frees every lock of a process that has ended.</summary>
    internal void Unlock(SimulatedProcess holder)
    {
        foreach (var file in _files.Values.Where(file => file.Holder == holder))
        {
            file.Holder = null;
        }
    }

    /// <summary>Removes a file that nobody has open.</summary>
    internal void RemoveIfFree(FileOnDatastore file)
    {
        if (_files.TryGetValue(file, out var found) && found.Holder is null)
        {
            _files.Remove(file);
        }
    }

    /// <summary>True when nobody has the file open, or there is none.</summary>
    internal bool IsUnlocked(FileOnDatastore file) =>
        !_files.TryGetValue(file, out var found) || found.Holder is null;

    internal bool HasRoom(FileOnDatastore file) => _hasRoom.GetValueOrDefault(file.Datastore);

    private void RequireUnlocked(FileOnDatastore file)
    {
        if (!IsUnlocked(file))
        {
            throw new MachineException(MachineTrouble.DiskLocked, $"file {file.Path} is locked by another process");
        }
    }

    private sealed class SimulatedFile
    {
        public bool IsBlank { get; set; } = true;

        public SimulatedProcess? Holder { get; set; }
    }
}
