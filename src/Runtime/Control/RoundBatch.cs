using Havm.Core;
using Havm.Model;

namespace Havm.Runtime.Control;

/// <summary>
/// What waits for the next round, in order of arrival, and what must wait behind it: a node's words keep their
/// order, and once any node has told of a newer leader nobody is answered before that was heard.
/// </summary>
internal sealed class RoundBatch
{
    private readonly List<Envelope> _envelopes = [];
    private readonly HashSet<NodeName> _senders = [];
    private bool _overruled;

    public IReadOnlyList<Envelope> Envelopes => _envelopes;

    /// <param name="envelope">What came.</param>
    /// <param name="overrules">It tells of a newer state than this one.</param>
    public void Add(Envelope envelope, bool overrules = false)
    {
        _envelopes.Add(envelope);
        _overruled |= overrules;
        if (SenderOf(envelope.Input) is { } sender)
        {
            _senders.Add(sender);
        }
    }

    /// <summary>Whether an input would overtake what waits, were it heard and answered now.</summary>
    public bool MustFollow(Input input) =>
        _overruled || (SenderOf(input) is { } sender && _senders.Contains(sender));

    private static NodeName? SenderOf(Input input) => input switch
    {
        Beat beat => beat.Node,
        DatagramHeard datagram => datagram.Node,
        StreamEnded ended => ended.Node,
        _ => null,
    };
}
