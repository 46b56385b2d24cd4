using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Asks guests of a simulated network.</summary>
/// <param name="answers">Whether the guest with this card answers whoever asks.</param>
public sealed class SimulatedGuestProbe(Func<GuestCard, bool> answers) : IGuestProbe
{
    public Task<ImmutableArray<InstanceName>> AskAsync(
        ImmutableArray<GuestCard> cards, CancellationToken cancel) => Task.FromResult(Ask(cards));

    /// <summary>Where time is virtual the asker waits by itself.</summary>
    public ImmutableArray<InstanceName> Ask(ImmutableArray<GuestCard> cards) =>
        [.. cards.Where(answers).Select(card => card.Instance)];
}
