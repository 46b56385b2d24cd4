using Havm.Model;

namespace Havm.Hypervisor.Qemu.Guest;

/// <summary>
/// The host's end of one guest's agent, whichever that is. It connects by itself, again and again, for as long as it is
/// not disposed of.
/// </summary>
internal interface IGuestLink : IAsyncDisposable
{
    /// <summary>From now on the guest is told that it is this seat, by an agent that cares.</summary>
    void Introduce(SeatGoal seat);

    /// <summary>Asks the agent to end the guest in good order; false when it did not take that in time.</summary>
    Task<bool> AskShutdownAsync(TimeSpan grace, CancellationToken cancel);
}

/// <summary>A guest without an agent, or with one that nobody listens to.</summary>
internal sealed class NoGuestLink : IGuestLink
{
    public void Introduce(SeatGoal seat)
    {
        // There is nobody to be told.
    }

    public Task<bool> AskShutdownAsync(TimeSpan grace, CancellationToken cancel) => Task.FromResult(false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
