using System.Collections.Immutable;
using System.Numerics;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// One node's link and wall clock, as they show from here: how many of its datagrams are lost, and how far its clock is
/// off. Belongs to whoever receives its words; what changes is a fact for the controller.
/// </summary>
public sealed class LinkWatch
{
    /// <summary>Datagrams that are looked at; they come once a second.</summary>
    public const int Window = 20;

    /// <summary>So many of them missing are a lossy link: a fifth.</summary>
    public const int LossyFrom = 4;

    /// <summary>Beats over which a clock is judged: the quickest of them tells.</summary>
    public const int ClockBeats = 5;

    /// <summary>A wall clock that is off by more is told of.</summary>
    public static readonly TimeSpan ClockMayBeOff = TimeSpan.FromSeconds(2);

    private readonly Queue<TimeSpan> _offsets = [];
    private BootId _boot;
    private ProcessLife _life;
    private long _last;
    private long _first;
    private ulong _came;
    private bool _lossy;
    private bool _off;

    /// <summary>What is wrong; the same array as long as that is the same.</summary>
    public ImmutableArray<NodeAilment> Told { get; private set; } = [];

    /// <summary>
    /// Words of another boot begin anew, and so does what is told: whoever was told of the boot before holds nothing
    /// against this one.
    /// </summary>
    public LinkWatch Of(BootId boot)
    {
        if (boot != _boot)
        {
            _boot = boot;
            _life = default;
            _offsets.Clear();
            (_lossy, _off, Told) = (false, false, []);
        }

        return this;
    }

    /// <summary>A datagram came; numbers grow by one within a life.</summary>
    /// <returns>Whether <see cref="Told"/> is another list now.</returns>
    public bool Datagram(ProcessLife life, long sequence)
    {
        if (life != _life)
        {
            (_life, _first, _last, _came) = (life, sequence, sequence, 1);
            return Turn();
        }

        var ahead = sequence - _last;
        _came = ahead switch
        {
            >= Window => 1,
            > 0 => (_came << (int)ahead) | 1,
            > -Window => _came | (1UL << (int)-ahead),
            _ => _came,
        };
        _last = Math.Max(_last, sequence);
        if (_last - _first >= Window)
        {
            var missing = Window - BitOperations.PopCount(_came & ((1UL << Window) - 1));
            _lossy = missing >= LossyFrom || (_lossy && missing > 1);
        }

        return Turn();
    }

    /// <summary>A beat came.</summary>
    /// <param name="offset">Its sender's wall clock when it left, less the wall clock here as it came.</param>
    /// <returns>Whether <see cref="Told"/> is another list now.</returns>
    public bool Clock(TimeSpan offset)
    {
        _offsets.Enqueue(offset);
        if (_offsets.Count > ClockBeats)
        {
            _offsets.Dequeue();
        }

        // What was long on its way seems to come from the past: the newest offset of all is the truest.
        _off = _offsets.Count == ClockBeats && _offsets.Max().Duration() > ClockMayBeOff;
        return Turn();
    }

    private bool Turn()
    {
        if (_lossy == Told.Any(a => a.Kind == NodeAilmentKind.LossyLink)
            && _off == Told.Any(a => a.Kind == NodeAilmentKind.ClockOff))
        {
            return false;
        }

        var told = ImmutableArray.CreateBuilder<NodeAilment>();
        if (_lossy)
        {
            told.Add(new NodeAilment(NodeAilmentKind.LossyLink, "",
                $"{LossyFrom} or more of {Window} of its datagrams are lost: look at its cable, port and switch"));
        }

        if (_off)
        {
            told.Add(new NodeAilment(NodeAilmentKind.ClockOff, "",
                $"its wall clock is off by more than {ClockMayBeOff.TotalSeconds:0} s: times that it tells are wrong; "
                    + "nothing is decided on them; look at its time synchronisation"));
        }

        Told = told.DrainToImmutable();
        return true;
    }
}
