using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Havm.Model;

namespace Havm.Specs.Tests;

/// <summary>Legal specs of every kind, with texts that YAML would like to misread.</summary>
internal static class SpecGen
{
    private static readonly Gen<string> Name = Gen.Elements(
        "a", "true", "null", "0", "1e3", "web-1", "on", "x-0-y", "7");

    private static readonly Gen<string> Text = Gen.Elements(
        "", " ", "a b", "no", "~", "- x", "a: b", "#c", "x #c", "\"q\"", "it's", "1.0", "0x1f", "高", "a\nb", "\\t",
        "*a", "|", "%", "?", "{", "key:", "2026-01-01", " lead", "trail ");

    private static readonly Gen<Bytes> Size = Gen.Choose(1, 4096).Select(n => Bytes.MiB(n * 16));

    private static readonly Gen<string> Place = Gen.Elements("images/lab.qcow2", "a b", "x..y", "deep/er/er");

    private static readonly Gen<ImmutableSortedDictionary<string, string>> Labels =
        from keys in Gen.SubListOf("tier", "a/b", "x.y", "0")
        from values in Gen.ArrayOf(Text, 4)
        select keys.Zip(values).ToImmutableSortedDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);

    private static readonly Gen<ProbeSpec> Probe =
        from kind in Gen.Elements(Enum.GetValues<ProbeKind>())
        from seconds in Gen.Choose(1, 3600)
        from share in Gen.Choose(1, 10)
        from misses in Gen.Choose(1, 100)
        select new ProbeSpec
        {
            Kind = kind,
            Port = kind is ProbeKind.Http or ProbeKind.Tcp ? seconds : 0,
            Path = kind == ProbeKind.Http ? "/healthz" : "/",
            Command = kind == ProbeKind.Command ? ["/bin/true", "#"] : [],
            Period = TimeSpan.FromSeconds(seconds),
            Timeout = TimeSpan.FromMilliseconds(seconds * 100 * share),
            Misses = misses,
            StartTimeout = TimeSpan.FromSeconds(seconds),
        };

    private static readonly Gen<GuestApplication> Application =
        from arguments in Gen.ListOf(Text, 3)
        from value in Text
        from probe in Probe
        from limit in Gen.Choose(0, 1000)
        from wait in Gen.Choose(0, 3600)
        select new GuestApplication
        {
            Command = ["/srv/bin/web", .. arguments],
            Environment = ImmutableDictionary<string, string>.Empty.Add("A_1", value),
            Probe = probe,
            Restart = new RoleRestart
            {
                Limit = limit,
                Backoff = [TimeSpan.FromSeconds(wait)],
                StableAfter = TimeSpan.FromSeconds(Math.Max(1, wait)),
            },
        };

    private static readonly Gen<ImmutableArray<Dependency>> DependsOn =
        from condition in Gen.Elements(Enum.GetValues<Readiness>())
        from seconds in Gen.Choose(1, 86_400)
        from which in Gen.Choose(0, 3)
        select (ImmutableArray<Dependency>)
        [
            .. new Dependency[]
            {
                new() { Name = "db", Condition = condition, Timeout = TimeSpan.FromSeconds(seconds) },
                new() { Kind = "Service", Name = "shop" },
                new() { Kind = "Service", Name = "shop", Role = "api", Condition = condition },
            }.Take(which),
        ];

    private static readonly Gen<InstanceTemplate> Template =
        from vcpus in Gen.Choose(1, 256)
        from memory in Size
        from image in Name
        from networks in Gen.SubListOf("lab", "on", "0")
        from set in Gen.OneOf(Gen.Constant<string?>(null), Name.Select(n => (string?)n))
        from priority in Gen.Choose(1, 5)
        from dependsOn in DependsOn
        from monitoring in Gen.Elements(MonitoringMode.Off, MonitoringMode.Vm)
        from evidence in Gen.Elements<EvidenceWishes?>(
            null, new() { GuestDump = true }, new() { GuestDump = true, DumpWithin = TimeSpan.FromMinutes(10) })
        from isolation in Gen.Elements<IsolationPolicy?>(
            [null, .. Enum.GetValues<IsolationPolicy>().Select(p => (IsolationPolicy?)p)])
        from application in Gen.OneOf(
            Gen.Constant<GuestApplication?>(null), Application.Select(a => (GuestApplication?)a))
        from agent in Gen.Elements(Enum.GetValues<GuestAgentKind>())
        select new InstanceTemplate
        {
            Vcpus = vcpus,
            Memory = memory,
            Image = image,
            Networks = [.. networks],
            AvailabilitySet = set,
            Priority = priority,
            DependsOn = dependsOn,
            GuestAgent = application is null ? agent : GuestAgentKind.Havm,
            Monitoring = application is null ? monitoring : MonitoringMode.VmAndApplication,
            Evidence = evidence,
            Isolation = isolation,
            Application = application,
        };

    private static readonly Gen<Spec> Machine =
        from template in Template
        from size in Size
        from file in Gen.OneOf(Gen.Constant<string?>(null), Place.Select(p => (string?)p))
        from wanted in Gen.Elements(Enum.GetValues<WantedState>())
        select (Spec)new VirtualMachineSpec
        {
            Template = template,
            Disks = [new DiskSpec { Name = "data", Datastore = "shared", Size = size, ExistingFile = file }],
            Wanted = wanted,
        };

    private static readonly Gen<Spec> Service =
        from templates in Gen.ArrayOf(Template, 2)
        from type in Gen.Elements(Enum.GetValues<RoleType>())
        from count in Gen.Choose(0, 1000)
        select (Spec)new ServiceSpec
        {
            Roles =
            [
                .. templates.Select(
                    (t, i) => new RoleSpec { Name = $"r{i}", Type = type, Instances = count, Template = t }),
            ],
        };

    private static readonly Gen<FenceMethod?> Method = Gen.Elements<FenceMethod?>(
        null,
        new FenceMethod
        {
            Url = "https://10.78.1.1:8443",
            SystemId = "n1",
            Uuid = "4c4c4544-0051-3010-8052-b4c04f4d3132",
            CredentialsFile = "/etc/havm/bmc: n1 #",
        },
        new FenceMethod
        {
            Driver = FenceDriver.Ipmi,
            Address = "[fd00::7]:6623",
            CredentialsFile = "/etc/havm/bmc",
            Timeout = TimeSpan.FromSeconds(90),
        },
        new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_apc_snmp",
            Parameters = Told("snmp_version", "2c"),
            Outlets = [Told("plug", "7"), Told("plug", "8").Add("ip", "pdu: b #")],
            Timeout = TimeSpan.FromSeconds(20),
        });

    private static readonly FenceMethod Plain = new()
    {
        Driver = FenceDriver.FenceAgent, Agent = "fence_b", Timeout = TimeSpan.FromSeconds(20),
    };

    private static readonly Gen<ImmutableArray<FenceMethod>> Cuts = Gen.Elements<ImmutableArray<FenceMethod>>(
        [],
        [Plain with { Agent = "fence_scsi", Datastores = ["shared", "7"], Parameters = Told("plug", "n1: #") }],
        [
            Plain with { Agent = "fence_scsi", Datastores = ["shared"] },
            Plain with { Agent = "fence_mpath", Datastores = ["shared", "true"], Retries = 0 },
        ]);

    private static readonly Gen<Spec> Node =
        from cpus in Gen.Choose(1, 4096)
        from memory in Size
        from bmc in Method
        from rungs in Gen.Choose(0, 2)
        from cuts in Cuts
        let ladder = rungs == 0 ? (ImmutableArray<FenceMethod>)[]
            : bmc is null ? cuts
            : [bmc with { Retries = 3 }, .. rungs == 1 ? [] : new[] { Plain }, .. cuts]
        from watchdog in Gen.Elements(Enum.GetValues<WatchdogKind>())
        select (Spec)new NodeSpec
        {
            Rack = new RackName("r1"),
            Cpus = cpus,
            Memory = memory + Bytes.MiB(64),
            Watchdog = watchdog,
            Bmc = ladder.IsEmpty ? bmc : null,
            Fencing = ladder,
        };

    private static readonly Gen<Spec> Policy =
        from suspect in Gen.Choose(1000, 60_000)
        from more in Gen.Choose(1, 9)
        from cutOff in Gen.Elements<TimeSpan?>(null, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(90))
        from resets in Gen.Choose(0, 100)
        from powerOn in Gen.Elements(true, false)
        from observe in Gen.Elements<ImmutableArray<AutomationRule>>(
            [], [AutomationRule.Fencing, AutomationRule.Repair])
        select (Spec)new PolicySpec
        {
            Observe = observe,
            Liveness = new LivenessPolicy
            {
                SuspectAfter = TimeSpan.FromMilliseconds(suspect),
                LostAfter = TimeSpan.FromMilliseconds(suspect + (more * 1000)),
                CutOffAfter = cutOff,
            },
            Healing = new HealingPolicy
            {
                Resets = resets, Window = TimeSpan.FromMinutes(more), PowerOn = powerOn,
            },
        };

    private static readonly Gen<Spec> Small = Gen.Elements<Spec>(
        new RackSpec(),
        new DatastoreSpec(),
        new DatastoreSpec { Enforcing = true },
        new AvailabilitySetSpec { FaultDomains = 3, UpdateDomains = 20 },
        new PlacementRuleSpec { Together = [new("a"), new("b-1")] },
        new PlacementRuleSpec { Apart = [new("a"), new("b-1"), new("c")] },
        new PlacementRuleSpec { Pin = [new("a")], To = [new(new("n1"), 7), new(new("n2"))], Hard = true },
        new QuorumGroupSpec { Members = [new(new("a")), new(new("b-1"), 100), new(new("c"), 0)], WitnessVotes = 1 },
        new LoadBalancerSpec { Service = "shop", Role = "web", Listen = 80, Port = 8080 },
        new LoadBalancerSpec
        {
            Service = "shop", Role = "web", Address = "10.77.0.9", Listen = 443, Port = 8443, Mode = BalancerMode.Http,
            Drain = TimeSpan.Zero, Limit = null,
            Probe = new BalancerProbe
            {
                Path = "/healthz?a=1", Every = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1), Misses = 100,
                Successes = 1,
            },
        },
        new NetworkSpec { Cidr = "10.77.0.0/16" },
        new NetworkSpec
        {
            Cidr = "10.77.0.0/16", Gateway = "10.77.0.1", RangeFirst = "10.77.100.1", RangeLast = "10.77.100.99",
        },
        new ImageSpec { Datastore = "shared", Base = "images/lab.qcow2" },
        new ImageSpec
        {
            Datastore = "shared", Kernel = "vmlinux", Initrd = "initrd", Arguments = "quiet a=\"b c\" #x",
        });

    public static readonly Gen<SpecObject> Objects =
        from spec in Gen.OneOf(Machine, Service, Node, Policy, Small)
        from name in Name
        from labels in Labels
        select new SpecObject(new Metadata { Name = spec is PolicySpec ? "default" : name, Labels = labels }, spec);

    /// <summary>Every field as text, made without the writer under test.</summary>
    public static string Everything(SpecObject whole) =>
        JsonSerializer.Serialize(whole.Metadata) + JsonSerializer.Serialize(whole.Spec, whole.Spec.GetType());

    private static ImmutableSortedDictionary<string, string> Told(string name, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(name, value);
}
