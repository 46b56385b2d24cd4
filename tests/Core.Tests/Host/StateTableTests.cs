using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Havm.Core.Accounting;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Core.Leaders;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Core.States;
using Havm.Guest.Supervision;
using Havm.Model;
using Havm.Wire.Api;
using Havm.Wire.Guest;
using Havm.Wire.Node;

namespace Havm.Core.Tests.Host;

/// <summary>The state machines' tables as people read them, and what holds for each of them.</summary>
public sealed partial class StateTableTests
{
    private static readonly Assembly[] Parts =
    [
        typeof(Controller).Assembly, typeof(RolePhase).Assembly, typeof(Goal).Assembly, typeof(RoleState).Assembly,
    ];

    private static readonly StateTable[] Tables =
    [
        .. StateTable.All, StateTable.For<RolePhase>("A program in a guest, by the guest agent", RoleStates.Of),
    ];

    /// <summary>What tells of a way that another table has, or of none.</summary>
    private static readonly Dictionary<Type, string> ToldByOthers = new()
    {
        [typeof(MachinePhase)] = "MachineStep, as a report tells it",
        [typeof(RoleState)] = "RolePhase, as the guest agent tells it",
        [typeof(GateSeatState)] = "SeatPhase, as the gate tells it",
        [typeof(WantedState)] = "what people want: it stands until they want another",
        [typeof(PowerState)] = "what a BMC was read to say",
        [typeof(NodeVerdict)] = "what is concluded of a lost node: NodePhase has its way",
        [typeof(Standing)] = "as what an instance's time is counted: it follows from InstancePhase",
        [typeof(ProbeVerdict)] = "what came of one probe",
        [typeof(StartOutcome)] = "what came of one start",
        [typeof(ApplyOutcome)] = "what came of one apply",
        [typeof(Seat)] = "InstancePhase is derived from it",
        [typeof(StartedAs)] = "with what a process was made: it ends with that",
        [typeof(FailedStart)] = "where a start failed last: nothing is under way",
        [typeof(StartWait)] = "InstancePhase: waitingForDependency",
        [typeof(GivenUp)] = "InstancePhase: failed",
        [typeof(EndpointNote)] = "EndpointRung",
        [typeof(FitnessNote)] = "NodeFitness",
        [typeof(DiagnosisNote)] = "DiagnosisOutcome",
        [typeof(RiskNote)] = "RiskLevel",
        [typeof(StorageCut)] = "StorageCutState",
        [typeof(Disarm)] = "DisarmState",
        [typeof(LongLease)] = "LongLeaseState",
    };

    private static IEnumerable<(string State, StateRow Row)> Rows =>
        Tables.SelectMany(table => table.Rows.Select(row => ($"{table.Title}: {row.State}", row.Row)));

    [Fact]
    public void The_reference_page_of_the_state_machines_is_what_their_tables_say()
    {
        var page = new StringBuilder();
        page.Append("""
            # Reference: state machines

            Generated from the tables in the code. Each row is what happens, each column where the machine stands; a
            cell is where it goes, and a dot means that it stays. The tables after them are of every state there is:
            none without a deadline, an owner, a next action and an operator's word; where there is no deadline, why.


            """);
        Write<MachineStep, MachineEvent>(
            page, "A machine on its host, as the agent drives it", "src/Core/Host/Goals/MachineStep.cs",
            MachineTable.Next);
        Write<SeatPhase, SeatEvent>(
            page, "A seat at the warden, which holds the lease over it", "src/Core/Host/SelfFence/SeatPhase.cs",
            SeatTable.Next);
        foreach (var table in Tables)
        {
            WriteRows(page, table);
        }

        Golden.Matches("docs/reference/states.md", page.ToString().TrimEnd('\n') + "\n");
    }

    [Fact]
    public void Every_state_has_a_deadline_an_owner_a_next_action_and_a_verb_that_there_is()
    {
        var verbs = Text("docs/reference/cli.md");
        Assert.All(Rows, each =>
        {
            string[] cells = [each.Row.Deadline, each.Row.Owner, each.Row.Next, each.Row.Verb];
            Assert.All(cells, cell => Assert.False(string.IsNullOrWhiteSpace(cell), each.State));
            var named = HavmVerb().Matches(each.Row.Verb);
            Assert.True(named.Count > 0, $"{each.State} names no verb: {each.Row.Verb}");
            Assert.All(named, verb => Assert.Contains(
                $"## `{verb.Groups["verb"].Value}", verbs, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void A_state_without_a_deadline_says_why() => Assert.All(
        Rows.SelectMany(each => each.Row.Deadline.Split(';').Select(clause => (each.State, Clause: clause.Trim()))),
        each => Assert.True(
            !NoDeadline().IsMatch(each.Clause) || NoDeadlineWithReason().IsMatch(each.Clause),
            $"{each.State}: {each.Clause}"));

    [Fact]
    public void Who_is_named_as_the_owner_of_a_state_is_there()
    {
        var types = Parts.SelectMany(part => part.GetTypes()).Select(type => type.Name).ToHashSet();
        Assert.All(Rows, each => Assert.All(
            TypeName().Matches(each.Row.Owner), name => Assert.Contains(name.Value, types)));
    }

    /// <summary>
    /// Whatever is called a phase, a state, a step or the like has a row for each of its values, and whatever the
    /// records keep of an instance, a node or the cluster while something is under way has its rows.
    /// </summary>
    [Fact]
    public void Whatever_stands_somewhere_has_its_rows_or_is_told_by_another_that_has()
    {
        var known = Tables.Select(table => table.Of).ToHashSet();
        var states = Parts.SelectMany(part => part.GetTypes())
            .Where(type => type is { IsEnum: true, IsPublic: true } && StateName().IsMatch(type.Name));
        var kept = typeof(Instance).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Instance).Namespace && type.IsClass)
            .SelectMany(Kept);

        var found = states.Concat(kept).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal).ToList();
        Assert.Equal([], found.Where(type => !known.Contains(type) && !ToldByOthers.ContainsKey(type)));
        Assert.Equal([], ToldByOthers.Keys.Where(type => known.Contains(type) || !found.Contains(type)));
    }

    [Fact]
    public void A_state_that_lacks_its_row_would_be_seen()
    {
        Assert.Contains(typeof(MoveNote), Kept(typeof(Instance)));
        Assert.Contains(typeof(FenceOrder), Kept(typeof(NodeRecord)));
        Assert.DoesNotContain(typeof(Reason), Kept(typeof(FailedTries)));
        Assert.Matches(StateName(), nameof(CandidacyPhase));
        Assert.Matches(NoDeadline(), "else none");
        Assert.DoesNotMatch(NoDeadlineWithReason(), "else none");
        Assert.DoesNotMatch(NoDeadlineWithReason(), "none: so");
    }

    /// <summary>What is kept only for a while, and says in one of the tables' words where something stands.</summary>
    private static IEnumerable<Type> Kept(Type record) => record.GetProperties()
        .Where(property => property.PropertyType.IsClass && property.PropertyType.Namespace == record.Namespace
            && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable)
        .Select(property => property.PropertyType);

    /// <summary>What PowerOnDecider tells of a dead node's power, each with its row.</summary>
    [Fact]
    public void Every_word_about_a_dead_node_s_power_has_its_row()
    {
        var source = Text("src/Core/Recovery/PowerOnDecider.cs");
        var words = PowerOnCode().Matches(source).Select(found => found.Groups["code"].Value).Distinct().Order();

        Assert.Equal(words, NodeStates.PowerOn.Select(row => row.State).Order());
    }

    [Fact]
    public void A_machine_is_idle_again_only_when_nothing_of_it_can_be_alive()
    {
        MachineStep[] withoutProcess = [MachineStep.Starting, MachineStep.GaveUp];
        foreach (var (step, happened) in Pairs<MachineStep, MachineEvent>()
            .Where(p => p.State != MachineStep.Idle && MachineTable.Next(p.State, p.Event) == MachineStep.Idle))
        {
            Assert.True(
                happened == MachineEvent.VerifiedGone || withoutProcess.Contains(step), $"{step} on {happened}");
        }
    }

    [Fact]
    public void Every_state_of_both_machines_can_be_reached_and_left()
    {
        AssertConnected(MachineStep.Idle, MachineTable.Next, Enum.GetValues<MachineEvent>());
        AssertConnected(SeatPhase.Permitted, SeatTable.Next, Enum.GetValues<SeatEvent>());
    }

    /// <summary>This file lies a folder deeper than those that the root is found from.</summary>
    private static string Text(string file) => File.ReadAllText(Path.Combine(Golden.Repository(), "..", file));

    private static void WriteRows(StringBuilder page, StateTable table)
    {
        page.Append($"## {table.Title}\n\n");
        page.Append("| state | ends at the latest | who ends it | what is next | an operator's word |\n");
        page.Append("|---|---|---|---|---|\n");
        foreach (var (state, row) in table.Rows)
        {
            page.Append($"| `{state}` | {row.Deadline} | {row.Owner} | {row.Next} | {row.Verb} |\n");
        }

        page.Append('\n');
    }

    [GeneratedRegex(@"\bnone\b")]
    private static partial Regex NoDeadline();

    /// <summary>Three words at least.</summary>
    [GeneratedRegex(@"\bnone\b[^:]*: \S+ \S+ \S+")]
    private static partial Regex NoDeadlineWithReason();

    [GeneratedRegex("(Phase|State|Step|Stage|Rung|Outcome|Fitness|Level|Standing|Verdict)$")]
    private static partial Regex StateName();

    [GeneratedRegex(@"\b([A-Z][a-z]+){2,}\b")]
    private static partial Regex TypeName();

    [GeneratedRegex("`(?<verb>havm( [a-z][a-z-]*)+)")]
    private static partial Regex HavmVerb();

    [GeneratedRegex("new Reason\\(\\s*\"recovery\", \"(?<code>[a-zA-Z]+)\"")]
    private static partial Regex PowerOnCode();

    private static void AssertConnected<TState, TEvent>(
        TState first, Func<TState, TEvent, TState> next, TEvent[] events) where TState : struct, Enum
    {
        var reached = new HashSet<TState> { first };
        for (var before = 0; before != reached.Count;)
        {
            before = reached.Count;
            reached.UnionWith([.. from state in reached from happened in events select next(state, happened)]);
        }

        Assert.Equal(Enum.GetValues<TState>(), reached.Order());
        Assert.All(
            Enum.GetValues<TState>(),
            state => Assert.Contains(events, happened => !next(state, happened).Equals(state)));
    }

    private static void Write<TState, TEvent>(
        StringBuilder page, string title, string file, Func<TState, TEvent, TState> next)
        where TState : struct, Enum where TEvent : struct, Enum
    {
        var states = Enum.GetValues<TState>();
        page.Append($"## {title}\n\n`{file}`\n\n| | {string.Join(" | ", states)} |\n");
        page.Append($"|---|{string.Concat(states.Select(_ => "---|"))}\n");
        foreach (var happened in Enum.GetValues<TEvent>())
        {
            var cells = states.Select(state => next(state, happened) is var to && to.Equals(state) ? "·" : $"{to}");
            page.Append($"| **{happened}** | {string.Join(" | ", cells)} |\n");
        }

        page.Append('\n');
    }

    private static IEnumerable<(TState State, TEvent Event)> Pairs<TState, TEvent>()
        where TState : struct, Enum where TEvent : struct, Enum =>
        from state in Enum.GetValues<TState>() from happened in Enum.GetValues<TEvent>() select (state, happened);
}
