using System.Collections.Immutable;
using System.Text.Json;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tests;

/// <summary>A small cluster in trouble: node n1 was cut off, its instances are on their way elsewhere.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 40, TimeSpan.Zero);

    public static Moment Ago(double seconds) => Moment.Of(Now.AddSeconds(-seconds), Now);

    public static ListView<T> List<T>(params T[] items) =>
        new() { Items = [.. items], AtEvent = 41, Confirmed = Ago(0) };

    public static NodeView Node(string name, string rack, string phase) => new()
    {
        Name = name,
        Rack = rack,
        Phase = phase,
        Settled = phase == "up",
        Reason = phase == "up" ? null : new Reason(
            "liveness", "silent", $"node {name} was last heard 5.2 s ago, longer than lostAfter (4 s)")
        {
            Evidence = [new("bmc", "power off, read 0.8 s ago"), new("datastore", "heartbeat unchanged for 5 s")],
        },
        BootId = $"boot-of-{name}",
        CpusUsed = 2,
        Cpus = 4,
        MemoryUsedBytes = 208L << 20,
        MemoryBytes = 2L << 30,
        Instances = ["shop-web-0", "db-0"],
        Bmc = new BmcView($"https://10.78.1.{name[1..]}", phase == "up" ? "on" : "off", Ago(0.8)),
        Watchdog = "independent",
        Conditions = name switch
        {
            "n6" => [new("Cordoned", "true", "cordoned", "kept away", null)],
            "n5" => [new(ConditionView.Ailing, "true", "datastoreSlow", "datastore a takes more than 500 ms", null)],
            _ => [],
        },
        AgentConnected = phase == "up",
        WardenConnected = phase == "up",
        Confirmed = Ago(phase == "up" ? 0.4 : 5.2),
    };

    public static ListView<NodeView> Nodes => List(
        Node("n1", "r1", "lost"), Node("n2", "r1", "up"), Node("n3", "r2", "up"), Node("n4", "r2", "up"),
        Node("n5", "r3", "up"), Node("n6", "r3", "up"));

    public static InstanceView Instance(string name, string phase, string? node, double? ready) => new()
    {
        Name = name,
        Owner = name.StartsWith("shop") ? "Service/shop" : $"VirtualMachine/{name}",
        Role = name.StartsWith("shop") ? name.Split('-')[1] : null,
        Phase = phase,
        Settled = phase == "ready",
        Wanted = "running",
        Reason = node is null
            ? new Reason(
                "fencing", "noProof", $"{name} waits: no proof yet that node n1 is dead (BMC silent, lease until 19 s)")
            : new Reason(
                "placement", "seated", $"{name} is on {node}: fewest of its set in rack r{node[1..]}, 1,840 MiB free"),
        Node = node,
        Rack = node is null ? null : "r2",
        Generation = phase == "ready" ? 1 : 2,
        AvailabilitySet = "shop",
        FaultDomain = 0,
        UpdateDomain = 1,
        Vcpus = 1,
        MemoryBytes = 112L << 20,
        UsedMilliCpus = 250,
        UsedMemoryBytes = 73L << 20,
        Image = "lab",
        Priority = 2,
        Isolation = "leaveRunning",
        Addresses = [new("lab", "10.77.100.3/16", "52:54:00:12:34:56")],
        StartedAt = node is null ? null : Ago(3700),
        ReadyAt = ready is { } age ? Ago(age) : null,
        ConsolePath = null,
        Conditions = name == "shop-worker-0"
            ? [new(ConditionView.PendingRestart, "true", "started", "memory: only from its next start on", null)]
            : [],
        Confirmed = node is null ? null : Ago(0.4),
    };

    public static ListView<InstanceView> Instances => List(
        Instance("db-0", "waiting", null, null), Instance("shop-web-0", "starting", "n3", null),
        Instance("shop-web-1", "ready", "n4", 3690), Instance("shop-worker-0", "ready", "n5", 200_000));

    private static PhasesView Known => new()
    {
        DetectSeconds = 4.12, DecideSeconds = 0.01, FenceSeconds = 0.85, PlaceSeconds = 0.02,
    };

    public static IncidentView Incident => new()
    {
        Id = "inc-7",
        Kind = "nodeFailed",
        Subject = "Node/n1",
        OpenedAt = Ago(31),
        Phase = "recovering",
        Layer = "node",
        Row = 6,
        Headline = "Node n1 (rack r1) failed at 2026-03-04 05:06:05Z. It is open for 31.0 s; "
            + "1 of 2 instances (db-0, shop-web-0) is not back yet.",
        DecidedBy = "controller c-1, epoch 3",
        Times = new IncidentTimesView(Ago(35.1), Ago(31), Ago(31), Ago(30), Ago(26)),
        Stages = [new("detect", 4.12), new("decide", 0), new("fence", 5), new("place", 0.02), new("start", 0.61)],
        Holds =
        [
            new(
                "Node/n1", "fenceOrdered", "fenceRateGuard", "2 nodes were fenced in the last 10 minutes", Ago(31),
                Ago(30), 1, "the oldest fence growing older"),
        ],
        Events = [Event(7, "nodeMoved"), Event(9, "fenceOrdered")],
        Advice = ["db-0 waits: `havm vm explain db-0` says for what"],
        Evidence = [new("heartbeat", "silent for 4.1 s"), new("bmc", "power off, read twice, 0.3 s and 0.1 s ago")],
        Decision = new Reason("recovery", "restartElsewhere", "2 instances of n1 start elsewhere: n1 is proven off"),
        Proof = new ProofView("bmcOff", "BMC said Off twice after the last heartbeat", Ago(26)),
        Phases = Known,
        Instances =
        [
            new("shop-web-0", "n1", "n3", 2, "ready", Known with
            {
                StartSeconds = 0.61, GuestReadySeconds = 2.4, TotalSeconds = 8.01,
            })
            {
                Kept = ["/var/lib/havm/evidence/shop-web-0/7/screen.png"],
                NotKept = "no dump of its memory: it was not complete within 30 s",
            },
            new("db-0", "n1", null, 2, "waiting", new PhasesView { DetectSeconds = 4.12 }),
        ],
        Held =
        [
            new("Instance/db-0", "start db-0", "proof", "the disk's lock is still held", "the lock is let go", Ago(20)),
        ],
        Confirmed = Ago(0.2),
    };

    private static AccountView Account(string name, int interruptions) => new()
    {
        Name = name,
        ExposureDays = 30.5,
        UpSeconds = 2_630_000,
        PlannedSeconds = 95,
        UnreadySeconds = interruptions > 0 ? 12.5 : 0,
        FailedSeconds = interruptions * 31.4,
        UnobservedSeconds = 61,
        OffSeconds = 3600,
        Availability = 1 - (interruptions * 0.0000119),
        AvailabilityButForPlanned = 1,
        Interruptions = interruptions,
        LongestSeconds = interruptions * 8.01,
        ByLayer = interruptions == 0 ? ImmutableSortedDictionary<string, int>.Empty
            : ImmutableSortedDictionary<string, int>.Empty.Add("guest", 1).Add("node", interruptions - 1),
        AnnualInterruptionRate = interruptions * 11.98,
        RateLow = 0.61 * interruptions,
        RateHigh = 56.8 + interruptions,
    };

    public static ReportView Report => new()
    {
        Cluster = "lab",
        From = Now.AddDays(-30).Date,
        To = Now,
        CountedSince = Now.AddDays(-12),
        AwaySeconds = 61,
        Whole = Account("Cluster/lab", 3),
        Owners = [Account("Service/shop", 2), Account("VirtualMachine/db-0", 1), Account("(gone)", 0)],
        Instances =
        [
            Account("shop-web-0", 2), Account("db-0", 1),
            .. Enumerable.Range(1, 11).Select(i => Account($"shop-web-{i}", 0)),
        ],
        Layers =
        [
            Layer(3, "guest", 1), Layer(6, "node", 2), Layer(0, "all", 3),
        ],
        Confirmed = Ago(0),
    };

    private static LayerView Layer(int row, string name, int count) => new(row, name, count, 2.02, 7.31)
    {
        Phases =
        [
            .. ((string[])["detect", "decide", "fence", "place", "start", "ready", "total"])
                .Select(phase => new LengthsView(phase, count, 2.01, 4.1, 8.01)),
        ],
    };

    public static ExplainView Explain => new()
    {
        Instance = "db-0",
        Phase = "waiting",
        Reason = new Reason("placement", "noNode", "no node can hold db-0 now"),
        WaitingFor = new HeldView(
            "Instance/db-0", "start db-0", "proof", "n1 may still run generation 1", "BMC Off, or lease end in 12 s",
            Ago(7)),
        Candidates =
        [
            new() { Node = "n1", Rack = "r1", Refused = new("alive", "n1 is lost") },
            new() { Node = "n2", Rack = "r1", Refused = new("capacity", "needs 112 MiB, has 64 MiB free") },
            new()
            {
                Node = "n3", Rack = "r2", Current = true, Total = 1.75,
                Scores =
                [
                    new("spread", 1, "no other of its set in r2", 200), new("free", 0.75, "25 % of memory is used"),
                ],
            },
        ],
        Confirmed = Ago(0),
    };

    public static ClusterStatusView Status => new()
    {
        Cluster = "lab",
        Version = "0.1.0",
        Leader = new LeaderView("controller", 3, Ago(600)),
        Store = new StoreView("sqlite", true, null, 4L << 20, Ago(2)),
        Recording = new BudgetView(12L << 20, 64L << 20),
        Nodes = ImmutableSortedDictionary<string, int>.Empty.Add("up", 5).Add("lost", 1),
        Cordoned = ["n6"],
        Ailing = [new("n5", "datastoreSlow", "datastore a takes more than 500 ms", Ago(90))],
        Instances = ImmutableSortedDictionary<string, int>.Empty.Add("ready", 2).Add("starting", 1).Add("waiting", 1),
        Guards =
        [
            new("partition", false, "1 of 6 nodes is silent, in 1 of 3 racks", null),
            new(
                "fenceRate", true, "2 nodes of rack r1 were fenced in 10 min",
                "10 minutes without a fence, or havm disarm"),
        ],
        Risks =
        [
            new("Node/n4", "has no BMC, so its instances wait when it fails", "give it a BMC, or isolation pause"),
        ],
        OpenIncidents = 1,
        AtEvent = 41,
        Confirmed = Ago(0),
    };

    public static ObjectView Object(string kind, string name, string phase, bool settled) => new()
    {
        Kind = kind,
        Metadata = new MetadataView(name, ImmutableSortedDictionary<string, string>.Empty.Add("tier", "on"), 4),
        Spec = JsonDocument.Parse("""{"vcpus":1,"memory":"96MiB","image":"lab"}""").RootElement,
        Status = new StatusView
        {
            Phase = phase, Settled = settled, Confirmed = Ago(0.4), Reason = new Reason("placement", "seated", "on n3"),
        },
    };

    public static ServiceView Service => new()
    {
        Name = "shop",
        Phase = "starting",
        Settled = false,
        Roles =
        [
            new("web", "web", 2, 2, 1, [Instances.Items[1], Instances.Items[2]]),
            new("worker", "worker", 1, 1, 1, [Instances.Items[3]]),
        ],
        Confirmed = Ago(1.5),
    };

    public static EventView Event(long sequence, string name) =>
        new(sequence, Ago(50 - sequence), name, "Node/n1", $"event number {sequence}", null, null);
}
