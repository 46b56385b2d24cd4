using System.Diagnostics;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Client;

/// <summary>The cluster as the controller shows it at one moment.</summary>
public sealed record Snapshot(
    IReadOnlyDictionary<string, NodeView> Nodes,
    IReadOnlyDictionary<string, InstanceView> Instances,
    IReadOnlyList<IncidentView> Incidents)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public bool AllReady => Instances.Count > 0 && Instances.Values.All(instance => instance.Settled);

    public bool AllUp => Nodes.Count > 0 && Nodes.Values.All(node => node.Phase == "up");

    public IEnumerable<IncidentView> Open => Incidents.Where(incident => incident.ClosedAt is null);

    public static async Task<Snapshot> ReadAsync(LabClient client, CancellationToken cancel) => new(
        (await client.NodesAsync(cancel)).ToDictionary(node => node.Name),
        (await client.InstancesAsync(cancel)).ToDictionary(instance => instance.Name),
        await client.IncidentsAsync(cancel));

    /// <summary>Null while no controller answers: it may be between two lives.</summary>
    public static async Task<Snapshot?> TryReadAsync(LabClient client, CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(client, cancel);
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>Looks until the condition holds.</summary>
    /// <param name="what">What is waited for, in the words of the failure.</param>
    /// <param name="seen">Is shown every snapshot.</param>
    /// <param name="pause">Between two looks, each of which costs the controller; 0.2 s when left out.</param>
    /// <exception cref="LabFailure">It did not within the limit; says how the instances stand.</exception>
    public static async Task<Snapshot> WaitAsync(
        LabClient client, string what, TimeSpan limit, Func<Snapshot, bool> condition, CancellationToken cancel,
        Action<Snapshot>? seen = null, TimeSpan? pause = null)
    {
        var clock = Stopwatch.StartNew();
        Snapshot? last = null;
        while (true)
        {
            if (await TryReadAsync(client, cancel) is { } now)
            {
                last = now;
                seen?.Invoke(now);
                if (condition(now))
                {
                    return now;
                }
            }

            if (clock.Elapsed > limit)
            {
                throw new LabFailure(
                    $"within {limit.TotalSeconds:0} s never came true: {what}; "
                        + $"now: {last?.ToString() ?? "no controller answers"}");
            }

            await Task.Delay(pause ?? Pause, cancel);
        }
    }

    /// <summary>What is not as it should be, and where each instance is.</summary>
    public override string ToString() => string.Join(", ",
    [
        .. Nodes.Values.Where(node => node.Phase != "up").Select(node =>
            $"{node.Name} {node.Phase} ({node.Reason?.Message} "
                + $"[{string.Join("; ", node.Reason?.Evidence.Select(fact => fact.Message) ?? [])}])"),
        .. Open.Select(incident => $"{incident.Id} {incident.Kind} {incident.Subject} {incident.Phase}"),
        .. Instances.Values.Select(instance =>
            $"{instance.Name} {instance.Phase} on {instance.Node ?? "no node"} (generation {instance.Generation})"),
    ]);
}
