using System.Globalization;
using System.Text;
using Havm.Model;
using Microsoft.Win32.SafeHandles;

namespace Havm.Warden;

/// <summary>
/// Remembers from when the lease counts, for the next life of the warden on the same boot. It lies in the run
/// directory and is overwritten in place: it needs no room on a full disk and no sync, because a machine that lost its
/// power has nothing left to lease.
/// </summary>
public sealed class LeaseNote : IDisposable
{
    private const int Length = 256;

    private readonly BootId _boot;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer = new byte[Length];

    private LeaseNote(BootId boot, SafeFileHandle file)
    {
        _boot = boot;
        _file = file;
    }

    /// <summary>Throws IOException when the file cannot be made.</summary>
    public static LeaseNote Open(string path, BootId boot)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        return new LeaseNote(boot, file);
    }

    /// <summary>
    /// Null when nothing usable was noted on this boot, or it lies in the future of <paramref name="now"/>.
    /// </summary>
    public Instant? Read(Instant now)
    {
        int read = RandomAccess.Read(_file, _buffer, 0);
        string[] fields = Encoding.UTF8.GetString(_buffer, 0, read).Split('\n');
        return fields.Length > 2 && fields[0] == _boot.Value
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            && new Instant(TimeSpan.FromTicks(ticks)) is var from && from <= now ? from : null;
    }

    public void Write(Instant from)
    {
        Array.Clear(_buffer);
        string text = string.Create(CultureInfo.InvariantCulture, $"{_boot}\n{from.SinceOrigin.Ticks}\n");
        Encoding.UTF8.GetBytes(text, _buffer);
        RandomAccess.Write(_file, _buffer, 0);
    }

    public void Dispose() => _file.Dispose();
}
