using System.Text;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;

namespace Havm.Core.Tests.Host;

/// <summary>The state machines' tables as people read them, and what holds for each of them.</summary>
public sealed class StateTableTests
{
    [Fact]
    public void The_reference_page_of_the_state_machines_is_what_their_tables_say()
    {
        var page = new StringBuilder();
        page.Append("""
            # Reference: state machines

            Generated from the tables in the code. Each row is what happens, each column where the machine stands; a
            cell is where it goes, and a dot means that it stays.


            """);
        Write<MachineStep, MachineEvent>(
            page, "A machine on its host, as the agent drives it", "src/Core/Host/Goals/MachineStep.cs",
            MachineTable.Next);
        Write<SeatPhase, SeatEvent>(
            page, "A seat at the warden, which holds the lease over it", "src/Core/Host/SelfFence/SeatPhase.cs",
            SeatTable.Next);
        Golden.Matches("docs/reference/states.md", page.ToString());
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
