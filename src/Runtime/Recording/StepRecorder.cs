using System.Collections.Immutable;
using System.Threading.Channels;
using Havm.Core;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Runtime.Recording;

/// <summary>
/// Notes what a controller hears and decides, for `havm replay`. It costs the loop next to nothing: records are
/// references to what is immutable anyway, and are written on a thread of their own. Words without news are kept as
/// the time of the newest, a step that was told nothing and decided nothing is left out, and when the disk does not
/// keep up, steps are lost and a new file with the whole picture begins: the loop never waits.
/// </summary>
public sealed class StepRecorder : IAsyncDisposable
{
    private const int Waiting = 4096;

    private readonly RecordingFiles _files;
    private readonly string _product;
    private readonly Channel<object> _line = Channel.CreateBounded<object>(
        new BoundedChannelOptions(Waiting) { SingleReader = true });
    private readonly Task _writing;
    private readonly SortedDictionary<NodeName, QuietWord> _quiet = [];
    private readonly List<RecordedWord> _before = [];
    private ImmutableArray<Held> _held = [];
    private string? _begin = "started";
    private long _step;

    /// <param name="settings">Where, and how much.</param>
    /// <param name="log">Told when nothing can be written, and when it can again.</param>
    public StepRecorder(RecordingSettings settings, Action<Reason> log)
    {
        _product = settings.Product;
        _files = new RecordingFiles(settings, log);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Records that wait to be written.</summary>
    public int Backlog => _line.Reader.Count;

    /// <summary>The picture has changed by other than a step: the next file begins with the next one.</summary>
    public void Begin(string why) => _begin = why;

    /// <summary>Something was heard without a round.</summary>
    /// <param name="before">The picture that heard it.</param>
    /// <param name="after">The picture that has.</param>
    /// <param name="input">What.</param>
    /// <param name="at">When.</param>
    public void Heard(Cluster before, Cluster after, Input input, Instant at)
    {
        if (ReferenceEquals(before, after) || _begin is not null)
        {
            return;
        }

        // In short where that says all of it; what it would lose is written whole, whatever it is.
        if (SenderOf(input) is { } node && after.HeardOf(node) is var known
            && QuietWord.Of(node).With(input, at, known) is { } word
            && SaysTheSame(word.Into(before).HeardOf(node), known))
        {
            _quiet[node] = Quiet(node).With(input, at, known)!;
            return;
        }

        Flush();
        _before.Add(new RecordedWord(at, input, null));
    }

    /// <summary>What a node that speaks reaches of its network is for people alone: no step rests on it.</summary>
    private static bool SaysTheSame(NodeHeard one, NodeHeard other) => one == other with { Reach = one.Reach };

    /// <summary>An answer that renews a node's lease was handed to the network.</summary>
    public void Answered(NodeName node, Instant at)
    {
        if (_begin is null)
        {
            _quiet[node] = Quiet(node) with { Lease = at };
        }
    }

    /// <summary>A step was decided.</summary>
    public void Step(
        Cluster picture, ImmutableArray<Input> inputs, Instant now, DateTimeOffset wall, Decision decision)
    {
        _step++;
        var begin = _begin ?? (_files.WantsNew ? "full" : null);
        if (begin is null && inputs.IsEmpty && SaysNothing(decision)
            && ReferenceEquals(picture.Holds, decision.After.Holds)
            && ReferenceEquals(picture.FencesBegan, decision.After.FencesBegan))
        {
            return;
        }

        if (begin is not null)
        {
            _quiet.Clear();
            _before.Clear();
            if (!_line.Writer.TryWrite(new Opening(picture with { Wall = wall }, begin)))
            {
                _begin = "gap";
                return;
            }

            _begin = null;
        }

        Flush();
        _held = decision.Held;
        var written = _line.Writer.TryWrite(new Taken(_step, now, wall, [.. _before], inputs, decision));
        _before.Clear();
        _begin = written ? null : "gap";
    }

    /// <summary>Returns when all that was noted is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _line.Writer.TryComplete();
        await _writing;
        _files.Dispose();
    }

    private bool SaysNothing(Decision decision) =>
        decision.Changes.IsEmpty && decision.Events.IsEmpty && decision.Commands.IsEmpty && decision.Replies.IsEmpty
        && decision.Held.Select(held => held.Guard).SequenceEqual(_held.Select(held => held.Guard));

    private QuietWord Quiet(NodeName node) => _quiet.TryGetValue(node, out var known) ? known : QuietWord.Of(node);

    private void Flush()
    {
        if (_quiet.Count > 0)
        {
            _before.Add(new RecordedWord(null, null, [.. _quiet.Values]));
            _quiet.Clear();
        }
    }

    private static NodeName? SenderOf(Input input) => input switch
    {
        Beat beat => beat.Node,
        DatagramHeard datagram => datagram.Node,
        _ => null,
    };

    private async Task WriteAsync()
    {
        await foreach (var item in _line.Reader.ReadAllAsync())
        {
            switch (item)
            {
                case Opening opening:
                    _files.Begin(
                        () => RecordingJson.Write(RecordingHead.Of(opening.Picture, _product, opening.Why)));
                    break;
                case Taken step when _files.IsOpen:
                    _files.Add(() => RecordingJson.Write(new RecordedStep(
                        step.Number, step.Now, step.Wall, step.Before, step.Inputs,
                        RecordedDecision.Of(step.Decision))));
                    break;
            }
        }
    }

    private sealed record Opening(Cluster Picture, string Why);

    private sealed record Taken(
        long Number, Instant Now, DateTimeOffset Wall, ImmutableArray<RecordedWord> Before,
        ImmutableArray<Input> Inputs, Decision Decision);
}
