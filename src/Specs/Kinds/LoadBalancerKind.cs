using Havm.Model;

namespace Havm.Specs;

/// <summary>One address in front of a role.</summary>
internal static class LoadBalancerKind
{
    private static readonly TimeSpan UsualTimeout = new BalancerProbe().Timeout;

    private static readonly IntegerType PortNumber = new(1, 65_535);

    private static readonly Member<BalancerProbe, string> Path = Member.Optional(
        "path", TextType.ProbePath, "/", (BalancerProbe p) => p.Path, "For mode `http`: GET answers 200 to 399.");

    private static readonly Member<BalancerProbe, TimeSpan> Every = Member.Optional(
        "every", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), new BalancerProbe().Every,
        (BalancerProbe p) => p.Every, "Time between two probes of a member.");

    private static readonly Member<BalancerProbe, TimeSpan?> Timeout = Member.Optional(
        "timeout", new NullableType<TimeSpan>(new DurationType(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))),
        null, (BalancerProbe p) => p.Timeout == TimeoutFor(p.Every) ? (TimeSpan?)null : p.Timeout,
        "Time that one probe may take, at most `every`; 2s, or `every` where that is shorter.");

    private static readonly Member<BalancerProbe, int> Misses = Member.Optional(
        "misses", new IntegerType(1, 100), new BalancerProbe().Misses, (BalancerProbe p) => p.Misses,
        "Misses in a row that take a member out of rotation.");

    private static readonly Member<BalancerProbe, int> Successes = Member.Optional(
        "successes", new IntegerType(1, 100), new BalancerProbe().Successes, (BalancerProbe p) => p.Successes,
        "Answers in a row that bring it in.");

    private static readonly Shape<BalancerProbe> ProbeShape = new(
        [Path, Every, Timeout, Misses, Successes], BuildProbe, new Rule([Every, Timeout], CheckProbe));

    private static readonly Member<LoadBalancerSpec, string> Service = Member.Required<LoadBalancerSpec, string>(
        "service", TextType.Name, s => s.Service, "The Service.");

    private static readonly Member<LoadBalancerSpec, string> Role = Member.Required<LoadBalancerSpec, string>(
        "role", TextType.Name, s => s.Role, "A role of it, of type `web`.");

    private static readonly Member<LoadBalancerSpec, string> Address = Member.Optional(
        "address", NetworkKind.AddressType, LoadBalancerSpec.AnyAddress, (LoadBalancerSpec s) => s.Address,
        "Where it takes connections; by default on every address of the machine it runs on.");

    private static readonly Member<LoadBalancerSpec, int> Listen = Member.Required<LoadBalancerSpec, int>(
        "listen", PortNumber, s => s.Listen, "The port it takes connections on.");

    private static readonly Member<LoadBalancerSpec, int> Port = Member.Required<LoadBalancerSpec, int>(
        "port", PortNumber, s => s.Port, "The port that the instances answer on.");

    private static readonly Member<LoadBalancerSpec, BalancerMode> Mode = Member.Optional(
        "mode", new WordType<BalancerMode>(), BalancerMode.Http, (LoadBalancerSpec s) => s.Mode,
        "`http`: requests are balanced and the probe is a request; `tcp`: connections, and the probe is one.");

    private static readonly Member<LoadBalancerSpec, BalancerProbe> Probe = Member.Optional(
        "probe", ProbeShape, new BalancerProbe(), (LoadBalancerSpec s) => s.Probe,
        "How it asks a member whether it serves.");

    private static readonly Member<LoadBalancerSpec, TimeSpan> Drain = Member.Optional(
        "drain", new DurationType(TimeSpan.Zero, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(30),
        (LoadBalancerSpec s) => s.Drain,
        "Before a planned stop or move a member gets no new connections, and this long to end those it has.");

    private static readonly Member<LoadBalancerSpec, TimeSpan?> Limit = Member.Optional(
        "limit", new NullableType<TimeSpan>(
            new DurationType(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)), "never"),
        TimeSpan.FromMinutes(5), (LoadBalancerSpec s) => s.Limit,
        "How long a member whose guest says that it is well may stay out before its role is restarted; as long again, "
            + "and its machine is reset; again, and it moves. `never`: people are told, and nothing is done.");

    public static readonly SpecKind LoadBalancer = new SpecKind<LoadBalancerSpec>(
        "LoadBalancer",
        "One address and port in front of the instances of a web role: HAProxy, written, run and read by Havm.",
        new Shape<LoadBalancerSpec>(
            [Service, Role, Address, Listen, Port, Mode, Probe, Drain, Limit], Build,
            new Rule([Mode, Probe], Check)));

    private static TimeSpan TimeoutFor(TimeSpan every) => every < UsualTimeout ? every : UsualTimeout;

    private static BalancerProbe BuildProbe(Values v) => new()
    {
        Path = v.Get(Path),
        Every = v.Get(Every),
        Timeout = v.Get(Timeout) ?? TimeoutFor(v.Get(Every)),
        Misses = v.Get(Misses),
        Successes = v.Get(Successes),
    };

    private static LoadBalancerSpec Build(Values v) => new()
    {
        Service = v.Get(Service),
        Role = v.Get(Role),
        Address = v.Get(Address),
        Listen = v.Get(Listen),
        Port = v.Get(Port),
        Mode = v.Get(Mode),
        Probe = v.Get(Probe),
        Drain = v.Get(Drain),
        Limit = v.Get(Limit),
    };

    private static void CheckProbe(Values values)
    {
        TimeSpan every = values.Get(Every);
        if (values.Get(Timeout) is { } timeout && timeout > every)
        {
            values.Refuse(
                "timeout", $"is {DurationType.Text(timeout)}, longer than the time between two probes",
                $"write {DurationType.Text(every)} or less");
        }
    }

    private static void Check(Values values)
    {
        if (values.Get(Mode) == BalancerMode.Tcp && values.Get(Probe).Path != "/")
        {
            values.Refuse("probe", "has a path, and mode is tcp", "write mode: http, or remove the path");
        }
    }
}
