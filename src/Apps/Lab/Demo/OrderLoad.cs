using Havm.Lab.Client;
using Havm.Lab.Tools;

namespace Havm.Lab.Demo;

/// <summary>
/// Orders given one after the other, each a new object, none tried again. What was acknowledged must be there whatever
/// happens to the controller; what was not may or may not.
/// </summary>
internal sealed class OrderLoad
{
    /// <summary>Availability sets that nobody is in: durable like all objects, and no VM moves for them.</summary>
    public const string Kind = "AvailabilitySet";

    private const string Prefix = "demo-order-";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LabClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _acknowledged = [];
    private readonly Task _loop;
    private int _asked;

    public OrderLoad(LabClient client)
    {
        _client = client;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Names of the objects whose order was acknowledged so far.</summary>
    public IReadOnlyList<string> Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return [.. _acknowledged];
            }
        }
    }

    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <exception cref="LabFailure">The controller takes no orders any more.</exception>
    public async Task UntilAcknowledgedAsync(int count, CancellationToken cancel)
    {
        if (!await Until.TrueAsync(() => Acknowledged.Count >= count, Patience, cancel))
        {
            throw new LabFailure(
                $"within {Patience.TotalSeconds:0} s only {Acknowledged.Count} of {_asked} orders were acknowledged");
        }
    }

    /// <summary>Gives no more orders.</summary>
    /// <returns>How many were given.</returns>
    public async Task<int> EndAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        return _asked;
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var name = $"{Prefix}{++_asked}";
            try
            {
                // Not cancelled midway: an order that was sent is waited for, so that its answer counts.
                await _client.ApplyAsync(
                    $"{{apiVersion: havm/v1, kind: {Kind}, metadata: {{name: {name}}}, spec: {{}}}}",
                    CancellationToken.None);
                lock (_acknowledged)
                {
                    _acknowledged.Add(name);
                }
            }
            catch (Exception away) when (away is HttpRequestException or IOException or ApiRefusal)
            {
                // Killed before it answered: this order was never acknowledged. A pause, or a dead socket is hammered.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
