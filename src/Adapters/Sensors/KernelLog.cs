using Havm.Model;
using Microsoft.Win32.SafeHandles;

namespace Havm.Sensors;

/// <summary>
/// Machine checks in the kernel's log, counted since the machine booted, as far back as its buffer goes. Each is told
/// once: a reader stays at its place.
/// </summary>
public sealed class KernelLog(SensorTree tree) : IDisposable
{
    private const string File = "/dev/kmsg";

    /// <summary>How the kernel begins what a machine check has to say; one event has several such lines.</summary>
    private const string Mark = "[Hardware Error]: Machine check";

    /// <summary>No buffer of a kernel holds so many records.</summary>
    private const int MostRecords = 1 << 20;

    private readonly byte[] _record = new byte[8192];
    private SafeFileHandle? _log;
    private long _place;
    private long _count;

    /// <summary>None where the log cannot be read.</summary>
    public IEnumerable<SensorReading> Read()
    {
        try
        {
            _count += tree.IsReal ? FromKernel() : FromFile();
            return [new SensorReading(WearKind.MachineCheck, "cpu", _count)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Dispose() => _log?.Dispose();

    /// <summary>"6,339,5140900,-;text": the second field is the record's number.</summary>
    private int FromKernel()
    {
        _log ??= KernelRecords.Open(tree.Path(File));
        int found = 0;
        for (int i = 0; i < MostRecords && KernelRecords.Next(_log, _record) is { } text; i++)
        {
            found += Take(text) ? 1 : 0;
        }

        return found;
    }

    private int FromFile() => System.IO.File.ReadLines(tree.Path(File)).Count(Take);

    /// <summary>Whether it is a machine check that was not counted yet.</summary>
    private bool Take(string record)
    {
        string[] fields = record.Split(',', 3);
        if (fields.Length < 3 || !long.TryParse(fields[1], out long number) || number < _place)
        {
            return false;
        }

        _place = number + 1;
        return fields[2].Contains(Mark, StringComparison.Ordinal);
    }
}
