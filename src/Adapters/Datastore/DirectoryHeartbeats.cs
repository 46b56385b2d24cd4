using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Datastore;

/// <summary>
/// Heartbeats as one file per node in a directory of the shared file system. Each file is a line of JSON, its checksum
/// in a second line, and zeros: a reader that meets a half-written beat leaves it out. Calls wait as long as the
/// storage does, one behind the other, on a thread of their own.
/// </summary>
/// <param name="datastore">Where the datastore is mounted. The directory ".havm/heartbeats" is made below it.</param>
public sealed class DirectoryHeartbeats(string datastore) : IDatastoreHeartbeats
{
    private const string Ending = ".beat";

    private readonly string _directory = Path.Join(datastore, ".havm", "heartbeats");
    private readonly PatientThread _thread = new("datastore");

    public Task WriteAsync(DatastoreBeat beat, CancellationToken cancel) => _thread.Run(() =>
    {
        try
        {
            Directory.CreateDirectory(_directory);
            DirectFile.Write(Path.Join(_directory, beat.Node.Value + Ending), Encode(beat));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return true;
    });

    public Task<IReadOnlyList<DatastoreBeat>> ReadAllAsync(CancellationToken cancel) =>
        _thread.Run<IReadOnlyList<DatastoreBeat>>(() =>
        {
            var beats = new List<DatastoreBeat>();
            foreach (string file in Files())
            {
                if (TryRead(file) is { } beat)
                {
                    beats.Add(beat);
                }
            }

            return beats;
        });

    private string[] Files()
    {
        try
        {
            return Directory.GetFiles(_directory, "*" + Ending);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static DatastoreBeat? TryRead(string file)
    {
        try
        {
            return Decode(DirectFile.Read(file));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static byte[] Encode(DatastoreBeat beat)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            new BeatFile(beat.Node, beat.Boot, beat.Sequence, beat.Running, beat.Reach),
            BeatJson.Default.BeatFile);
        return [.. json, (byte)'\n', .. Sum(json), (byte)'\n'];
    }

    private static DatastoreBeat? Decode(byte[] bytes)
    {
        int end = Array.IndexOf(bytes, (byte)'\n');
        int last = end < 0 ? -1 : Array.IndexOf(bytes, (byte)'\n', end + 1);
        if (last < 0 || !bytes.AsSpan(end + 1, last - end - 1).SequenceEqual(Sum(bytes.AsSpan(0, end))))
        {
            return null;
        }

        try
        {
            var beat = JsonSerializer.Deserialize(bytes.AsSpan(0, end), BeatJson.Default.BeatFile);
            return beat is null ? null
                : new DatastoreBeat(beat.Node, beat.Boot, beat.Sequence, beat.Running ?? [], beat.Reach);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>FNV-1a, 32 bit, as hexadecimal text: against half-written files, not against people.</summary>
    private static byte[] Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 2166136261;
        foreach (byte value in bytes)
        {
            sum = (sum ^ value) * 16777619;
        }

        return System.Text.Encoding.ASCII.GetBytes(sum.ToString("x8", CultureInfo.InvariantCulture));
    }
}

/// <summary>A beat as it lies in its file.</summary>
internal sealed record BeatFile(
    NodeName Node, BootId Boot, long Sequence, IReadOnlyList<RunningSeat>? Running, NetworkReach? Reach);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BeatFile))]
internal sealed partial class BeatJson : JsonSerializerContext;
