using System.Diagnostics;
using System.Globalization;
using Havm.Model;

namespace Havm.Runtime.Recording;

/// <summary>
/// The files of a recording: numbered, one line a record, the oldest deleted when all together have grown past the
/// bound. A line is handed to the kernel whole, so a process that dies loses at most its last; nothing is synced,
/// because a recording is worth less than what a sync costs the store beside it.
/// </summary>
public sealed class RecordingFiles(RecordingSettings settings, Action<Reason> log) : IDisposable
{
    public const string Pattern = "*.jsonl";

    /// <summary>After trouble nothing is tried for this long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private FileStream? _file;
    private long _head;
    private long _troubleAt;
    private volatile bool _full;

    /// <summary>The file that is written has its size, or there is none and another try is due.</summary>
    public bool WantsNew => _full || (Volatile.Read(ref _troubleAt) is > 0 and var at
        && Stopwatch.GetElapsedTime(at) > Pause);

    public bool IsOpen => _file is not null;

    /// <summary>Closes the file and begins the next with a head.</summary>
    public void Begin(Func<byte[]> write) => Try(() =>
    {
        Close();
        byte[] head = write();
        Directory.CreateDirectory(settings.Directory);
        var known = Known();
        var number = known.Count == 0 ? 1 : known[^1].Number + 1;
        Prune(known, settings.Bound - settings.FileSize);
        Require(head.Length);
        var path = Path.Join(settings.Directory, number.ToString("D8", CultureInfo.InvariantCulture) + ".jsonl");
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _head = head.Length;
        _full = false;
        Line(head);
        if (Interlocked.Exchange(ref _troubleAt, 0) > 0)
        {
            log(new Reason("recording", "resumed", $"records again, to {path}"));
        }
    });

    public void Add(Func<byte[]> write) => Try(() => Line(write()));

    public void Dispose() => Close();

    /// <summary>Files of a directory in the order in which they were written.</summary>
    public static List<(string Path, long Number, long Size)> In(string directory) =>
    [
        .. Directory.GetFiles(directory, Pattern)
            .Select(path => (path, Numbered: long.TryParse(
                Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture,
                out var number), number))
            .Where(file => file.Numbered)
            .Select(file => (file.path, file.number, new FileInfo(file.path).Length))
            .OrderBy(file => file.number),
    ];

    private List<(string Path, long Number, long Size)> Known() => In(settings.Directory);

    /// <summary>Heads never outweigh what follows them: a large cluster's files are larger.</summary>
    private void Line(byte[] record)
    {
        byte[] line = [.. record, (byte)'\n'];
        _file!.Write(line);
        _full = _file.Length >= Math.Max(settings.FileSize, 2 * _head);
    }

    private static void Prune(List<(string Path, long Number, long Size)> known, long room)
    {
        var all = known.Sum(file => file.Size);
        foreach (var (path, _, size) in known)
        {
            if (all <= room)
            {
                break;
            }

            File.Delete(path);
            all -= size;
        }
    }

    /// <summary>The store beside it must never find its disk full because of this.</summary>
    private void Require(long head)
    {
        var free = new DriveInfo(Path.GetFullPath(settings.Directory)).AvailableFreeSpace;
        var needed = 2 * Math.Max(settings.FileSize, head);
        if (free < needed)
        {
            throw new IOException($"{free >> 20} MiB are free, and {needed >> 20} MiB are wanted to begin a file");
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception cause)
        {
            // Whatever it was: a disk, or a word that has no form to be written in. What it notes is lost, never more.
            Close();
            _full = false;
            if (Interlocked.Exchange(ref _troubleAt, Stopwatch.GetTimestamp()) == 0)
            {
                log(new Reason("recording", "stopped",
                    $"nothing is recorded in {settings.Directory}: {cause.Message}; tried again each minute"));
            }
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
