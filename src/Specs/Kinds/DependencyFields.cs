using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>What an instance is started after.</summary>
internal static class DependencyFields
{
    private static readonly Member<Dependency, string> Kind = Member.Optional(
        "kind", new TextType("kind", 32, "^(VirtualMachine|Service)$", "VirtualMachine or Service"), "VirtualMachine",
        (Dependency d) => d.Kind, "`VirtualMachine` or `Service`.");

    private static readonly Member<Dependency, string> Name = Member.Required<Dependency, string>(
        "name", TextType.Name, d => d.Name, "The object whose instances come first.");

    private static readonly Member<Dependency, string> Role = Member.Maybe<Dependency, string>(
        "role", TextType.Name, d => d.Role, "One role of a Service; without it, all of them.");

    private static readonly Member<Dependency, Readiness> Condition = Member.Optional(
        "condition", new WordType<Readiness>(), Readiness.GuestReady, (Dependency d) => d.Condition,
        "What each instance of it that is to run must have reached. `running`: its virtual CPUs run; `guestReady`: its "
        + "guest says that it is ready, where nobody in it can say that it runs; `probeOk`: besides, every load "
        + "balancer in front of it finds that it answers.");

    private static readonly Member<Dependency, TimeSpan> Timeout = Member.Optional(
        "timeout", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), Dependency.UsualTimeout,
        (Dependency d) => d.Timeout,
        "From when the start is due; then it is made anyway, and an event says so.");

    private static readonly Shape<Dependency> Shape = new(
        [Name, Kind, Role, Condition, Timeout], Build, new Rule([Kind, Role], Check));

    public static readonly ListType<Dependency> List = new(Shape, 16);

    /// <summary>Refuses the same thing named twice.</summary>
    public static void Check(ImmutableArray<Dependency> all, Values values)
    {
        var twice = all.GroupBy(d => d.Target).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            values.Refuse("dependsOn", $"names {twice.Key} twice", "keep one of them");
        }
    }

    private static Dependency Build(Values v) => new()
    {
        Kind = v.Get(Kind),
        Name = v.Get(Name),
        Role = v.Get(Role),
        Condition = v.Get(Condition),
        Timeout = v.Get(Timeout),
    };

    private static void Check(Values values)
    {
        if (values.Get(Role) is not null && values.Get(Kind) != "Service")
        {
            values.Refuse("role", $"stands beside kind {values.Get(Kind)}", "write kind: Service, or remove it");
        }
    }
}
