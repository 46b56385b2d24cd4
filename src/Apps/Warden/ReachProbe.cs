using System.Collections.Immutable;
using Havm.Core.Host.Watch;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Warden;

/// <summary>
/// Asks the isolation addresses each second, beside the warden's loop: nothing here can hold up a deadline.
/// </summary>
public sealed class ReachProbe(IAddressProbe probe, IClock clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ReachWatch _watch = new();

    /// <summary>What is reached now.</summary>
    public NetworkReach Now
    {
        get
        {
            lock (_watch)
            {
                return _watch.Reach(clock.Now);
            }
        }
    }

    /// <summary>A controller has answered a beat; see <see cref="ReachWatch.Spoke"/>.</summary>
    public void Spoke(string controller, ImmutableArray<string>? addresses)
    {
        lock (_watch)
        {
            _watch.Spoke(clock.Now, controller, addresses);
        }
    }

    /// <summary>Asks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                await Task.WhenAll(Addresses().Select(address => AskAsync(address, cancel)));
            }
        }
        catch (OperationCanceledException)
        {
            // The warden ends.
        }
    }

    private ImmutableArray<string> Addresses()
    {
        lock (_watch)
        {
            return _watch.Addresses;
        }
    }

    private async Task AskAsync(string address, CancellationToken cancel)
    {
        if (await probe.AnswersAsync(address, cancel))
        {
            lock (_watch)
            {
                _watch.Answered(clock.Now, address);
            }
        }
    }
}
