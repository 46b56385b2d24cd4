using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Asks machines of a simulated network.</summary>
/// <param name="self">Whoever asks, by its address.</param>
/// <param name="answers">Whether whoever has this address answers it.</param>
public sealed class SimulatedAddressProbe(string self, Func<string, bool> answers) : IAddressProbe
{
    public Task<bool> AnswersAsync(string address, CancellationToken cancel) => Task.FromResult(Answers(address));

    /// <summary>Where time is virtual the asker waits by itself.</summary>
    public bool Answers(string address) => address != self && answers(address);
}
