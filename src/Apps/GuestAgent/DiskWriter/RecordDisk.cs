using System.Runtime.InteropServices;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent.DiskWriter;

/// <summary>
/// The first sector of a disk, read and written past the page cache where the disk allows it: a cached sector would
/// hide what another writer did.
/// </summary>
internal sealed unsafe class RecordDisk : IDisposable
{
    private const int Direct = 0x4000;
    private const int Alignment = 4096;

    private readonly string _path;
    private readonly int _descriptor;
    private readonly byte* _sector = (byte*)NativeMemory.AlignedAlloc(Alignment, Alignment);

    /// <exception cref="IOException">The disk cannot be opened.</exception>
    public RecordDisk(string path)
    {
        _path = path;
        _descriptor = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec | Direct, 0);
        if (_descriptor < 0)
        {
            _descriptor = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec, 0);
        }

        if (_descriptor < 0)
        {
            throw Failure("opened");
        }
    }

    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="FormatException">The sector holds something else.</exception>
    public DiskRecord? Read()
    {
        if (Libc.ReadAt(_descriptor, _sector, DiskRecord.Bytes, 0) != DiskRecord.Bytes)
        {
            throw Failure("read");
        }

        return DiskRecord.Decode(new ReadOnlySpan<byte>(_sector, DiskRecord.Bytes));
    }

    /// <summary>Writes a record; it is on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(DiskRecord record)
    {
        record.Encode().CopyTo(new Span<byte>(_sector, DiskRecord.Bytes));
        if (Libc.WriteAt(_descriptor, _sector, DiskRecord.Bytes, 0) != DiskRecord.Bytes || Libc.Flush(_descriptor) < 0)
        {
            throw Failure("written");
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_descriptor);
        NativeMemory.AlignedFree(_sector);
    }

    private IOException Failure(string verb) =>
        new($"{_path} cannot be {verb}: error {Marshal.GetLastPInvokeError()}");
}
