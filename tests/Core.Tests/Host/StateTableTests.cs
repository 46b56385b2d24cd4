using System.Text;
using System.Text.RegularExpressions;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Core.States;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>The state machines' tables as people read them, and what holds for each of them.</summary>
public sealed partial class StateTableTests
{
    [Fact]
    public void The_reference_page_of_the_state_machines_is_what_their_tables_say()
    {
        var page = new StringBuilder();
        page.Append("""
            # Reference: state machines

            Generated from the tables in the code. Each row is what happens, each column where the machine stands; a
            cell is where it goes, and a dot means that it stays. The tables after them are of what the controller
            derives or keeps: no state without a deadline, an owner, a next action and an operator's word.


            """);
        Write<MachineStep, MachineEvent>(
            page, "A machine on its host, as the agent drives it", "src/Core/Host/Goals/MachineStep.cs",
            MachineTable.Next);
        Write<SeatPhase, SeatEvent>(
            page, "A seat at the warden, which holds the lease over it", "src/Core/Host/SelfFence/SeatPhase.cs",
            SeatTable.Next);
        WriteRows(page, "A node, as the cluster sees it", Rows<NodePhase>(NodeStates.Of));
        WriteRows(page, "A node's fitness", Rows<NodeFitness>(NodeStates.Of));
        WriteRows(page, "A node's diagnosis", Rows<DiagnosisOutcome>(NodeStates.Of));
        WriteRows(page, "The power of a dead node", [.. NodeStates.PowerOn]);
        WriteRows(page, "Storage that refuses a node", Rows<StorageCutState>(NodeStates.Of));
        WriteRows(page, "An instance", Rows<InstancePhase>(InstanceStates.Of));
        WriteRows(page, "Automation that is off", Rows<DisarmState>(AutomationStates.Of));
        WriteRows(page, "A long lease", Rows<LongLeaseState>(AutomationStates.Of));
        Golden.Matches("docs/reference/states.md", page.ToString().TrimEnd('\n') + "\n");
    }

    [Fact]
    public void Every_state_has_a_deadline_an_owner_a_next_action_and_a_verb_that_there_is()
    {
        var verbs = Text("docs/reference/cli.md");
        (string State, StateRow Row)[] all =
        [
            .. Rows<NodePhase>(NodeStates.Of), .. Rows<NodeFitness>(NodeStates.Of),
            .. Rows<DiagnosisOutcome>(NodeStates.Of), .. NodeStates.PowerOn,
            .. Rows<StorageCutState>(NodeStates.Of),
            .. Rows<InstancePhase>(InstanceStates.Of), .. Rows<DisarmState>(AutomationStates.Of),
            .. Rows<LongLeaseState>(AutomationStates.Of),
        ];

        Assert.All(all, each =>
        {
            string[] cells = [each.Row.Deadline, each.Row.Owner, each.Row.Next, each.Row.Verb];
            Assert.All(cells, cell => Assert.False(string.IsNullOrWhiteSpace(cell), each.State));
            var named = HavmVerb().Matches(each.Row.Verb);
            Assert.True(named.Count > 0, $"{each.State} names no verb: {each.Row.Verb}");
            Assert.All(named, verb => Assert.Contains(
                $"## `{verb.Groups["verb"].Value}", verbs, StringComparison.Ordinal));
        });
    }

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

    private static (string State, StateRow Row)[] Rows<T>(Func<T, StateRow> of) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(state => (Word.Of(state), of(state)))];

    private static void WriteRows(StringBuilder page, string title, (string State, StateRow Row)[] rows)
    {
        page.Append($"## {title}\n\n");
        page.Append("| state | ends at the latest | who ends it | what is next | an operator's word |\n");
        page.Append("|---|---|---|---|---|\n");
        foreach (var (state, row) in rows)
        {
            page.Append($"| `{state}` | {row.Deadline} | {row.Owner} | {row.Next} | {row.Verb} |\n");
        }

        page.Append('\n');
    }

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
