using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// What a node reaches of its management network: the isolation addresses that its controller names, and the
/// controllers that answer its beats.
/// </summary>
public sealed class ReachWatch
{
    /// <summary>
    /// Short, because an answer from before a cut must not be told as one from after it. Asked is each second; who
    /// reads this believes an answer for longer.
    /// </summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1.25);

    /// <summary>An address that nobody has is told apart from one whose answers are lost now and then.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<string, Instant> _controllers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Instant Since, Instant? Answered)> _addresses = [];

    /// <summary>Whom to ask, each second, in the order of the Policy.</summary>
    public ImmutableArray<string> Addresses { get; private set; } = [];

    /// <summary>A controller has answered a beat.</summary>
    /// <param name="addresses">The isolation addresses it names; null: it does not lead, and names none.</param>
    public void Spoke(Instant now, string controller, ImmutableArray<string>? addresses)
    {
        _controllers[controller] = now;
        if (addresses is not { } named || named.SequenceEqual(Addresses))
        {
            return;
        }

        foreach (string gone in Addresses.Except(named))
        {
            _addresses.Remove(gone);
        }

        foreach (string begun in named.Except(Addresses))
        {
            _addresses[begun] = (now, null);
        }

        Addresses = named;
    }

    /// <summary>An address has answered; one that is not asked for any more counts for nothing.</summary>
    public void Answered(Instant now, string address)
    {
        if (_addresses.TryGetValue(address, out var known))
        {
            _addresses[address] = known with { Answered = now };
        }
    }

    /// <summary>What is reached now.</summary>
    public NetworkReach Reach(Instant now) => new()
    {
        Answering = [.. Addresses.Where(a => _addresses[a].Answered is { } at && now - at <= Fresh)],
        Silent = [.. Addresses.Where(a => now - (_addresses[a].Answered ?? _addresses[a].Since) >= SilentAfter)],
        Controllers = [.. _controllers.Where(c => now - c.Value <= Fresh).Select(c => c.Key)],
    };
}
