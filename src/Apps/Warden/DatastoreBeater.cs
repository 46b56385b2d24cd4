using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Warden;

/// <summary>
/// Writes this node's beat to one datastore each second. Storage that hangs holds up this datastore's beat alone, and
/// that it stands still is just what its readers shall see.
/// </summary>
public sealed class DatastoreBeater(
    string name, IDatastoreHeartbeats datastore, NodeName node, BootId boot, TimeSpan period, ReachProbe reach,
    IClock clock, DecisionLog log)
{
    private ImmutableArray<RunningSeat> _running = [];
    private bool _failing;

    /// <summary>What runs now; told with the next beat.</summary>
    public void Tell(ImmutableArray<RunningSeat> running) =>
        ImmutableInterlocked.InterlockedExchange(ref _running, running);

    /// <summary>Beats until cancelled.</summary>
    public async Task BeatAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                long sequence = (long)clock.Now.SinceOrigin.TotalMilliseconds;
                await WriteAsync(new DatastoreBeat(node, boot, sequence, _running, reach.Now), cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The warden ends.
        }
    }

    private async Task WriteAsync(DatastoreBeat beat, CancellationToken cancel)
    {
        try
        {
            await datastore.WriteAsync(beat, cancel);
            if (_failing)
            {
                log.Write("datastore", "writable", $"datastore {name} takes heartbeats again");
            }

            _failing = false;
        }
        catch (IOException e)
        {
            _failing = true;
            log.Write("datastore", "notWritable", $"datastore {name} takes no heartbeat: {e.Message}");
        }
    }
}
