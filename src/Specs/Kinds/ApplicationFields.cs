using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Command, environment and probe: nested in a VirtualMachine, flat in a role.</summary>
internal sealed class ApplicationFields<TOwner>
{
    private static readonly string[] Asking = ["environment", "probe", "restart"];

    private readonly Member<TOwner, ImmutableArray<string>> command;
    private readonly Member<TOwner, ImmutableSortedDictionary<string, string>> environment;
    private readonly Member<TOwner, ProbeSpec> probe;
    private readonly Member<TOwner, RoleRestart> restart;

    public ApplicationFields(Func<TOwner, GuestApplication?> of)
    {
        command = Member.Optional<TOwner, ImmutableArray<string>>(
            "command", ApplicationTypes.Command, [], o => of(o)?.Command ?? [],
            "Program and arguments, as seen inside the guest; without it only the guest itself is watched.");
        environment = Member.Optional<TOwner, ImmutableSortedDictionary<string, string>>(
            "environment", ApplicationTypes.Environment, ApplicationTypes.NoEnvironment,
            o => of(o)?.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal)
                ?? ApplicationTypes.NoEnvironment,
            "Variables that the program gets.");
        probe = Member.Optional<TOwner, ProbeSpec>(
            "probe", ProbeShape.Shape, new ProbeSpec(), o => of(o)?.Probe ?? new ProbeSpec(),
            "How the application's health is asked for.");
        restart = Member.Optional<TOwner, RoleRestart>(
            "restart", RoleRestartFields.Shape, new RoleRestart(), o => of(o)?.Restart ?? new RoleRestart(),
            "How the program is started again in its guest when it ends or its probe finds it ill.");
    }

    public ImmutableArray<Member<TOwner>> Members => [command, environment, probe, restart];

    public IMember Command => command;

    /// <summary>What is asked of a program needs one.</summary>
    public Rule Rule => new([command], values =>
    {
        foreach (string asks in Asking.Where(asks => values.Has(asks) && values.Get(command).IsEmpty))
        {
            values.Refuse(asks, "stands without a command", "add \"command:\", or remove it");
        }
    });

    /// <summary>Whether there is a program, or something that is asked of one.</summary>
    public bool Asked(Values values) => !values.Get(command).IsEmpty || Asking.Any(values.Has);

    /// <summary>Null when nothing was asked for.</summary>
    public GuestApplication? Build(Values v)
    {
        ImmutableArray<string> line = v.Get(command);
        ProbeSpec asked = v.Get(probe);
        return line.IsEmpty && v.Get(environment).IsEmpty && asked.Kind == ProbeKind.None
            ? null
            : new GuestApplication
            {
                Command = line,
                Environment = v.Get(environment).ToImmutableDictionary(),
                Probe = asked,
                Restart = v.Get(restart),
            };
    }
}

internal static class ApplicationTypes
{
    private static readonly TextType Argument = new("text", 4096, null, "text without control characters");

    private static readonly TextType VariableName = new(
        "variable name", 255, "^[A-Za-z_][A-Za-z0-9_]*$", "letters, digits and _, not beginning with a digit");

    public static readonly ListType<string> Command = new(Argument, 64);

    public static readonly TextMapType Environment = new(VariableName, Argument, 64);

    public static readonly ImmutableSortedDictionary<string, string> NoEnvironment =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
}
