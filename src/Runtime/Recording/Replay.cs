using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Havm.Core;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.State;

namespace Havm.Runtime.Recording;

/// <summary>
/// Decides recorded steps again and says where that comes out otherwise. A step that differs is told, and the next is
/// decided on what was recorded, so that one difference does not become a thousand.
/// </summary>
public static class Replay
{
    public delegate Decision Step(Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall);

    /// <summary>Throws <see cref="RecordingException"/> when the file is no recording.</summary>
    public static ReplayedFile Of(string path, Step? step = null)
    {
        var lines = Lines(path);
        var torn = lines.TornBytes;
        if (lines.Whole.Count == 0)
        {
            return new ReplayedFile(path, "", "", null, 0, torn, []);
        }

        var head = Read<RecordingHead>(path, 1, lines.Whole[0]);
        if (head.Format != RecordingHead.FormatName)
        {
            throw new RecordingException(path, 1, $"is \"{head.Format}\", not {RecordingHead.FormatName}");
        }

        var differences = ImmutableArray.CreateBuilder<StepDifference>();
        var picture = PictureOf(path, head);
        var count = 0;
        foreach (var (line, i) in lines.Whole.Skip(1).Select((line, i) => (line, i)))
        {
            RecordedStep recorded;
            try
            {
                recorded = Read<RecordedStep>(path, i + 2, line);
            }
            catch (RecordingException) when (i == lines.Whole.Count - 2 && torn == 0)
            {
                // Cut off inside a record whose line end a later file system repair has left.
                torn = line.Length;
                break;
            }

            count++;
            picture = Before(picture, recorded);
            var decision = (step ?? Controller.Step)(picture, recorded.Inputs, recorded.Now, recorded.Wall);
            var difference = Compare(picture, recorded, decision);
            picture = difference is null ? decision.After : AsRecorded(picture, recorded);
            if (difference is not null)
            {
                differences.Add(difference);
            }
        }

        return new ReplayedFile(path, head.Product, head.Why, head.At, count, torn, differences.ToImmutable());
    }

    /// <summary>What was heard without a round, in order.</summary>
    private static Cluster Before(Cluster picture, RecordedStep step)
    {
        foreach (var word in step.Before)
        {
            picture = word switch
            {
                { Quiet: { } quiet } => quiet.Aggregate(picture, (cluster, one) => one.Into(cluster)),
                { Input: { } input, At: { } at } => Ear.Hear(picture, input, at),
                _ => picture,
            };
        }

        return picture;
    }

    /// <summary>The picture after a step as it was decided then.</summary>
    private static Cluster AsRecorded(Cluster picture, RecordedStep step)
    {
        var heard = step.Inputs.Aggregate(
            picture with { Wall = step.Wall }, (cluster, input) => Ear.Hear(cluster, input, step.Now));
        var after = heard with { Ledger = LedgerCodec.Apply(heard.Ledger, Writes(step)) };
        return step.Decided.Commands.Aggregate(
            after, (cluster, command) => Ear.Commanded(cluster, command, step.Now));
    }

    private static IEnumerable<StoreWrite> Writes(RecordedStep step) =>
        step.Decided.Writes.Select(item => new StoreWrite(item.Table, item.Key, item.Value?.Json));

    private static StepDifference? Compare(Cluster before, RecordedStep recorded, Decision decision)
    {
        var then = Said(before, recorded.Decided);
        var now = Said(before, RecordedDecision.Of(decision));
        var (onlyThen, onlyNow) = (then.Except(now).ToImmutableArray(), now.Except(then).ToImmutableArray());
        return onlyThen.IsEmpty && onlyNow.IsEmpty && then.SequenceEqual(now) ? null
            : new StepDifference(
                recorded.Step, recorded.Now, recorded.Wall,
                [.. recorded.Inputs.Select(input => Word.Of(input.GetType().Name))],
                onlyThen.IsEmpty && onlyNow.IsEmpty ? [.. then] : onlyThen,
                onlyThen.IsEmpty && onlyNow.IsEmpty ? [.. now] : onlyNow);
    }

    /// <summary>
    /// A decision in lines that two versions can be compared by: records are read and written by this one, so that a
    /// member which it adds is no difference. Accounts are left out: nothing is decided on them.
    /// </summary>
    private static List<string> Said(Cluster before, RecordedDecision decided)
    {
        var after = LedgerCodec.Apply(
            before.Ledger, decided.Writes.Select(item => new StoreWrite(item.Table, item.Key, item.Value?.Json)));
        return
        [
            .. decided.Events.Select(told => $"event {told.Sequence} {told.Name} {told.Subject}: {told.Reason}"),
            .. decided.Commands.Select(command => $"command {RecordingJson.Text(command)}"),
            .. decided.Held.Select(held => $"held {held.Proposal}, by {held.Guard}"),
            .. decided.Replies.Select(reply => $"reply {RecordingJson.Text(reply)}"),
            .. decided.Writes.Where(item => item.Table != "account").Select(item =>
                $"record {item.Table}/{item.Key} {LedgerCodec.Text(after, item.Table, item.Key) ?? "deleted"}"),
        ];
    }

    private static Cluster PictureOf(string path, RecordingHead head)
    {
        try
        {
            return head.Picture();
        }
        catch (StoreException cause)
        {
            throw new RecordingException(path, 1, cause.Message);
        }
    }

    private static T Read<T>(string path, int number, byte[] line)
    {
        try
        {
            return RecordingJson.Read<T>(line) ?? throw new JsonException("it is null");
        }
        catch (Exception cause) when (cause is JsonException or NotSupportedException)
        {
            throw new RecordingException(path, number, $"is no record of this format: {cause.Message}");
        }
    }

    /// <summary>Lines that were written to their end, and how long the rest is.</summary>
    private static (List<byte[]> Whole, long TornBytes) Lines(string path)
    {
        var whole = new List<byte[]>();
        var rest = File.ReadAllBytes(path).AsSpan();
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            whole.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return (whole, rest.Length);
    }
}

/// <summary>What came of a file.</summary>
/// <param name="Product">What had recorded it.</param>
/// <param name="Why">Why it begins.</param>
/// <param name="At">When, UTC; null when not even its head is whole.</param>
/// <param name="Steps">How many were decided again.</param>
/// <param name="TornBytes">Of a last record that was cut off; 0: none was.</param>
public sealed record ReplayedFile(
    string Path, string Product, string Why, DateTimeOffset? At, int Steps, long TornBytes,
    ImmutableArray<StepDifference> Differences);

/// <summary>A step that this version decides otherwise.</summary>
/// <param name="Inputs">Kinds of what it was told.</param>
/// <param name="Recorded">What was decided then and is not now.</param>
/// <param name="Now">What is decided now and was not then.</param>
public sealed record StepDifference(
    long Step, Instant At, DateTimeOffset Wall, ImmutableArray<string> Inputs, ImmutableArray<string> Recorded,
    ImmutableArray<string> Now);

/// <summary>A file that is no recording.</summary>
public sealed class RecordingException(string path, int line, string reason)
    : Exception($"{path}, line {line} {reason}")
{
    public string Path => path;

    public int Line => line;

    public string Reason => reason;
}
