using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>What a VirtualMachine and a role have in common, flat in both.</summary>
internal sealed class TemplateFields<TOwner>(Func<TOwner, InstanceTemplate> of)
{
    private readonly Member<TOwner, int> vcpus = Member.Required<TOwner, int>(
        "vcpus", new IntegerType(1, 256), o => of(o).Vcpus, "Virtual CPUs.");

    private readonly Member<TOwner, Bytes> memory = Member.Required<TOwner, Bytes>(
        "memory", new SizeType(Bytes.MiB(16), Bytes.GiB(16 << 10)), o => of(o).Memory, "Memory of the guest.");

    private readonly Member<TOwner, string> image = Member.Required<TOwner, string>(
        "image", TextType.Name, o => of(o).Image, "The Image to boot.");

    private readonly Member<TOwner, ImmutableArray<string>> networks =
        Member.Optional<TOwner, ImmutableArray<string>>(
            "networks", new ListType<string>(TextType.Name, 8, Key: ""), [], o => of(o).Networks,
            "Networks that it has a card on, in order.");

    private readonly Member<TOwner, string> availabilitySet = Member.Maybe<TOwner, string>(
        "availabilitySet", TextType.Name, o => of(o).AvailabilitySet,
        "The AvailabilitySet it is spread with; without one it is outside the promise.");

    private readonly Member<TOwner, int> priority = Member.Optional<TOwner, int>(
        "priority", new IntegerType(1, 5), 3, o => of(o).Priority, "1 is restarted first after a failure, 5 last.");

    private readonly Member<TOwner, ImmutableArray<Dependency>> dependsOn =
        Member.Optional<TOwner, ImmutableArray<Dependency>>(
            "dependsOn", DependencyFields.List, [], o => of(o).DependsOn,
            "What is to stand before it is started. Only starts are ordered: what runs is left alone when something "
            + "that it depends on fails.");

    private readonly Member<TOwner, GuestAgentKind> guestAgent = Member.Optional<TOwner, GuestAgentKind>(
        "guestAgent", new WordType<GuestAgentKind>(), GuestAgentKind.Havm, o => of(o).GuestAgent,
        "What speaks for the guest from inside: `havm`: Havm's guest agent, if there is one; `qemu`: the QEMU guest "
        + "agent (package qemu-guest-agent), whose first answer makes it ready and which is asked again with every "
        + "heartbeat; `none`: nothing.");

    private readonly Member<TOwner, MonitoringMode> monitoring = Member.Optional<TOwner, MonitoringMode>(
        "monitoring", new WordType<MonitoringMode>(), MonitoringMode.Vm, o => of(o).Monitoring,
        "`off`: only the hypervisor's state counts; `vm`: the guest's heartbeat and traffic too; "
        + "`vmAndApplication`: the application's readiness too.");

    private readonly Member<TOwner, EvidenceWishes> evidence = Member.Maybe<TOwner, EvidenceWishes>(
        "evidence", EvidenceFields.Shape, o => of(o).Evidence,
        "What is kept of its incidents beyond its console, its screen and QEMU's log.");

    private readonly Member<TOwner, IsolationPolicy?> isolation = Member.Optional<TOwner, IsolationPolicy?>(
        "isolation", new NullableType<IsolationPolicy>(new WordType<IsolationPolicy>()), null, o => of(o).Isolation,
        "What its node does with it when cut off from every controller; without it, `leaveRunning` where every node "
        + "has a BMC or its datastores are enforcing, else `pause`, and apply warns of that.");

    private readonly Member<TOwner, RetryPolicy> retries = Member.Maybe<TOwner, RetryPolicy>(
        "retries", RetryFields.Shape, o => of(o).Retries,
        "What follows a start that failed, in place of the Policy's; a field left out has its default.");

    private readonly Member<TOwner, bool> failback = Member.Optional<TOwner, bool>(
        "failback", FlagType.Instance, false, o => of(o).Failback,
        "Whether it is moved back to a node that its pins prefer, once that takes seats again; it restarts for that.");

    private readonly Member<TOwner, RecoveryMode?> recovery = Member.Optional<TOwner, RecoveryMode?>(
        "recovery", new NullableType<RecoveryMode>(new WordType<RecoveryMode>()), null, o => of(o).Recovery,
        "What comes first once its node is proven off, in place of the Policy's: `recoverFirst` or `rebootFirst`.");

    public ImmutableArray<Member<TOwner>> Size => [vcpus, memory, image];

    public ImmutableArray<Member<TOwner>> Rest =>
    [
        networks, availabilitySet, priority, dependsOn, guestAgent, monitoring, evidence, isolation, retries, recovery,
        failback,
    ];

    public InstanceTemplate Build(Values v, GuestApplication? application) => new()
    {
        Vcpus = v.Get(vcpus),
        Memory = v.Get(memory),
        Image = v.Get(image),
        Networks = v.Get(networks),
        AvailabilitySet = v.Get(availabilitySet),
        Priority = v.Get(priority),
        DependsOn = v.Get(dependsOn),
        GuestAgent = v.Get(guestAgent),
        Monitoring = v.Get(monitoring),
        Evidence = v.Get(evidence),
        Isolation = v.Get(isolation),
        Retries = v.Get(retries),
        Recovery = v.Get(recovery),
        Failback = v.Get(failback),
        Application = application,
    };

    /// <summary>Nothing is depended on twice.</summary>
    public Rule DependsOnce => new([dependsOn], values => DependencyFields.Check(values.Get(dependsOn), values));

    /// <summary>Only Havm's guest agent runs and watches an application.</summary>
    /// <param name="fields">What tells whether there is one.</param>
    /// <param name="application">Tells it.</param>
    public Rule RunsWhatItCan(ImmutableArray<IMember> fields, Func<Values, bool> application) =>
        new([guestAgent, .. fields], values =>
        {
            if (values.Get(guestAgent) is var agent and not GuestAgentKind.Havm && application(values))
            {
                string word = agent == GuestAgentKind.Qemu ? "qemu" : "none";
                values.Refuse(
                    "guestAgent", $"is {word}, and only Havm's guest agent runs an application",
                    "remove the application, or write guestAgent: havm for a guest that has it");
            }
        });

    /// <summary>Watching an application needs one.</summary>
    /// <param name="fields">What tells whether there is one.</param>
    /// <param name="application">Tells it.</param>
    public Rule WatchesSomething(ImmutableArray<IMember> fields, Func<Values, bool> application) =>
        new([monitoring, .. fields], values =>
        {
            if (values.Get(monitoring) == MonitoringMode.VmAndApplication && !application(values))
            {
                values.Refuse(
                    "monitoring", "is vmAndApplication, but there is no application", "add a command, or write vm");
            }
        });
}
