using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// The words stories are told in: the cluster at the beginning, what happens to it, and what is seen.
/// </summary>
internal sealed partial class Story
{
    /// <summary>
    /// Racks r1.., each with nodes n1.. (numbered through), all up and beating, with image, store and network.
    /// </summary>
    public static Story Of(
        int racks, int nodesPerRack, bool bmc = true, WatchdogKind watchdog = WatchdogKind.None, int memoryMiB = 4096)
    {
        var names = Enumerable.Range(0, racks * nodesPerRack)
            .Select(i => (Name: $"n{i + 1}", Rack: $"r{(i / nodesPerRack) + 1}")).ToList();
        var story = new Story([.. names.Select(n => new SmallHost(n.Name, bmc, watchdog))]);
        var outcome = story.Apply([
            .. Enumerable.Range(1, racks).Select(r => StorySpecs.Rack($"r{r}")),
            .. names.Select(n => StorySpecs.Node(n.Name, n.Rack, bmc, watchdog, memoryMiB)),
            StorySpecs.Store, StorySpecs.Image, StorySpecs.Lan,
        ]);
        Assert.Empty(outcome.Errors);
        story.Run(6);
        return story;
    }

    /// <summary>Applies VMs and waits until they run.</summary>
    public Story With(params ReadOnlySpan<SpecObject> objects)
    {
        Assert.Empty(Apply(objects).Errors);
        Until(() => Ledger.Instances.Values.All(i => i.Wanted == WantedState.Stopped || IsReady(i.Name.Value)));
        return this;
    }

    public Instance Instance(string name) => Ledger.Instances[new InstanceName(name)];

    public bool Exists(string name) => Ledger.Instances.ContainsKey(new InstanceName(name));

    public Seat? SeatOf(string name) => Instance(name).Seat;

    /// <summary>The node an instance sits on.</summary>
    public SmallHost Home(string name) => Hosts[SeatOf(name)!.Node];

    public NodeRecord Node(string name) => Ledger.Nodes[new NodeName(name)];

    public NodePhase PhaseOf(SmallHost host) => Ledger.Nodes[host.Name].Phase;

    public bool IsReady(string name) => InstanceMachine.PhaseOf(Cluster, Instance(name)) == InstancePhase.Ready;

    /// <summary>Seated elsewhere than on <paramref name="host"/>.</summary>
    public bool IsElsewhere(string name, SmallHost host) => SeatOf(name) is { } seat && seat.Node != host.Name;

    public bool Happened(string name) => Events.Any(e => e.Name == name);

    public int Count<T>() where T : Change => Changes.Count(c => c.Change is T);

    public int Sent<T>(SmallHost? to = null) where T : Command =>
        Commands.Count(c => c.Command is T && (to is null || To(c.Command) == to.Name));

    public Incident OnlyIncident(IncidentKind kind) => Assert.Single(Ledger.Incidents.Values, i => i.Kind == kind);

    /// <summary>Every other node with a voice says how this one's datastore heartbeat looks.</summary>
    public Story Sighted(
        SmallHost subject, double unchangedSeconds, bool healthyReader = true, Func<SmallHost, bool>? by = null)
    {
        foreach (var reader in Hosts.Values.Where(h => h != subject && (by is null || by(h))))
        {
            reader.Sightings[subject.Name] = (subject, TimeSpan.FromSeconds(unchangedSeconds), healthyReader);
        }

        return this;
    }

    /// <summary>Somebody makes a machine run elsewhere; it takes its disks' locks along.</summary>
    public Story MoveByHand(InstanceName instance, SmallHost from, SmallHost to)
    {
        foreach (var host in Hosts.Values)
        {
            host.Locked = name => Hosts.Values.Any(other => other != host
                && other.Running.TryGetValue(name, out var process) && process.ByHand);
        }

        to.Running[instance] = from.Running[instance] with { ByHand = true };
        from.Running.Remove(instance);
        return this;
    }

    public Story Reboot(SmallHost host)
    {
        host.PowerOn();
        Reconnect(host);
        return this;
    }

    /// <summary>The events so far, for the message of a failed expectation.</summary>
    public string Tell() => string.Join('\n',
        Events.TakeLast(40).Select(e => $"{e.Sequence,4} {e.At:mm:ss.f} {e.Name} {e.Subject}: {e.Reason.Message}"));

    private static NodeName To(Command command) => command switch
    {
        ReadPower read => read.Node,
        PowerOff off => off.Node,
        AgentQuestion question => question.Reader,
        PowerOn on => on.Node,
        StorageCommand storage => storage.Node,
        _ => throw new InvalidOperationException($"no such command: {command}"),
    };
}
