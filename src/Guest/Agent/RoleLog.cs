using System.Collections.Immutable;
using Havm.Guest.Supervision;
using Havm.Wire.Guest;

namespace Havm.Guest.Agent;

/// <summary>What the host is told of the role's output, and when: every few seconds while nothing happens.</summary>
internal sealed class RoleLog
{
    /// <summary>Between two messages that nothing but the role's writing is the cause of.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    private readonly OutputTail _tail = new();
    private TimeSpan _notBefore;
    private bool _isNews;

    /// <summary>When the next message is due; null: there is nothing to say.</summary>
    public TimeSpan? Due => _isNews ? _notBefore : null;

    /// <summary>All that is kept, for a host that is new; null: the role has not written.</summary>
    public RoleLogMessage? Word => _tail.Lines is { IsEmpty: false } lines ? new RoleLogMessage(lines) : null;

    public void Take(ImmutableArray<byte> written)
    {
        _tail.Add(written.AsSpan());
        _isNews = true;
    }

    /// <summary>What is to be said now; null: nothing.</summary>
    /// <param name="explains">It says why something else is about to be said, and does not wait.</param>
    public RoleLogMessage? News(TimeSpan now, bool explains)
    {
        if (!_isNews || (!explains && now < _notBefore))
        {
            return null;
        }

        (_isNews, _notBefore) = (false, now + Gap);
        return Word;
    }
}
