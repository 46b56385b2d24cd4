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
        [Kind, Port, Path, Command, Period, Timeout, Misses, StartTimeout], Build,
        new Rule([Kind, Port], v => Together(v, Port, v.Get(Port) is not null, ProbeKind.Http, ProbeKind.Tcp)),
        new Rule([Kind, Command], v => Together(v, Command, !v.Get(Command).IsEmpty, ProbeKind.Command)),
        new Rule([Kind], CheckPath),
        new Rule([Period, Timeout], CheckTimeout));

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

    /// <summary>A field that some kinds need, and the others do not have.</summary>
    private static void Together(Values values, IMember field, bool given, params ReadOnlySpan<ProbeKind> kinds)
    {
        bool wanted = kinds.Contains(values.Get(Kind));
        string kind = Word.Of(values.Get(Kind));
        if (wanted && !given)
        {
            values.Refuse(field.Name, $"is missing, and kind is {kind}", $"add \"{field.Name}:\"");
        }
        else if (given && !wanted)
        {
            values.Refuse(field.Name, $"stands beside kind {kind}", "set the kind it belongs to, or remove it");
        }
    }

    private static void CheckPath(Values values)
    {
        if (values.Get(Kind) != ProbeKind.Http && values.Has("path"))
        {
            values.Refuse("path", "is for http probes alone", "write kind: http, or remove it");
        }
    }

    private static void CheckTimeout(Values values)
    {
        TimeSpan period = values.Get(Period);
        if (values.Get(Timeout) is { } timeout && timeout > period)
        {
            values.Refuse(
                "timeout", $"is {DurationType.Text(timeout)}, longer than the period",
                $"write {DurationType.Text(period)} or less");
        }
    }
}
