using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>How an application is asked whether it is well.</summary>
internal static class ProbeShape
{
    private static readonly TimeSpan UsualTimeout = new ProbeSpec().Timeout;

    private static readonly DurationType UpToAnHour = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    private static readonly Member<ProbeSpec, ProbeKind> Kind = Member.Optional(
        "kind", new WordType<ProbeKind>(), ProbeKind.None, (ProbeSpec p) => p.Kind,
        "`http`: GET answers 200 to 399; `tcp`: a connection is accepted; `command`: it ends with exit code 0.");

    private static readonly Member<ProbeSpec, int?> Port = Member.Optional(
        "port", new NullableType<int>(new IntegerType(1, 65_535)), null,
        (ProbeSpec p) => p.Port == 0 ? (int?)null : p.Port, "For `http` and `tcp`; on the guest's own loopback.");

    private static readonly Member<ProbeSpec, string> Path = Member.Optional(
        "path", TextType.AbsolutePath, "/", (ProbeSpec p) => p.Path, "For `http`.");

    private static readonly Member<ProbeSpec, ImmutableArray<string>> Command = Member.Optional(
        "command", ApplicationTypes.Command, [], (ProbeSpec p) => p.Command, "For `command`: program and arguments.");

    private static readonly Member<ProbeSpec, TimeSpan> Period = Member.Optional(
        "period", UpToAnHour, new ProbeSpec().Period, (ProbeSpec p) => p.Period, "Time between two probes.");

    private static readonly Member<ProbeSpec, TimeSpan?> Timeout = Member.Optional(
        "timeout", new NullableType<TimeSpan>(new DurationType(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))),
        null, (ProbeSpec p) => p.Timeout == TimeoutFor(p.Period) ? (TimeSpan?)null : p.Timeout,
        "Time that one probe may take, at most the period; 2s, or the period where that is shorter.");

    private static readonly Member<ProbeSpec, TimeSpan> StartTimeout = Member.Optional(
        "startTimeout", UpToAnHour, new ProbeSpec().StartTimeout, (ProbeSpec p) => p.StartTimeout,
        "A program that has not passed once within it is restarted.");

    private static readonly Member<ProbeSpec, int> Misses = Member.Optional(
        "misses", new IntegerType(1, 100), new ProbeSpec().Misses, (ProbeSpec p) => p.Misses,
        "Misses in a row that make the application unhealthy.");

    public static readonly Shape<ProbeSpec> Shape = new(
        [Kind, Port, Path, Command, Period, Timeout, Misses, StartTimeout], Build, Check);

    private static TimeSpan TimeoutFor(TimeSpan period) => period < UsualTimeout ? period : UsualTimeout;

    private static ProbeSpec Build(Values v) => new()
    {
        Kind = v.Get(Kind),
        Port = v.Get(Port) ?? 0,
        Path = v.Get(Path),
        Command = v.Get(Command),
        Period = v.Get(Period),
        Timeout = v.Get(Timeout) ?? TimeoutFor(v.Get(Period)),
        Misses = v.Get(Misses),
        StartTimeout = v.Get(StartTimeout),
    };

    private static void Check(ProbeSpec probe, Values values)
    {
        bool wantsPort = probe.Kind is ProbeKind.Http or ProbeKind.Tcp;
        Together("port", wantsPort, probe.Port != 0);
        Together("command", probe.Kind == ProbeKind.Command, !probe.Command.IsEmpty);
        if (probe.Kind != ProbeKind.Http && values.Has("path"))
        {
            values.Refuse("path", "is for http probes alone", "write kind: http, or remove it");
        }

        if (probe.Timeout > probe.Period)
        {
            values.Refuse(
                "timeout", $"is {DurationType.Text(probe.Timeout)}, longer than the period",
                $"write {DurationType.Text(probe.Period)} or less");
        }

        void Together(string field, bool wanted, bool given)
        {
            string kind = probe.Kind.ToString().ToLowerInvariant();
            if (wanted && !given)
            {
                values.Refuse(field, $"is missing, and kind is {kind}", $"add \"{field}:\"");
            }
            else if (given && !wanted)
            {
                values.Refuse(field, $"stands beside kind {kind}", "set the kind it belongs to, or remove it");
            }
        }
    }
}
