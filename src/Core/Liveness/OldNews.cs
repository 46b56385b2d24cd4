using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// An agent that goes on beating with old news: its look at its machines stands still while its beat does not. Two
/// things tell it: each beat carries the age of that look, and the warden, another process with eyes of its own, has
/// machines ended that the agent still has running. What such an agent reports proves nothing to be absent; nothing is
/// ever fenced or restarted for it but the agent itself.
/// </summary>
public static class OldNews
{
    /// <summary>
    /// A look is taken each 5 s and takes as long as a monitor may be silent, 2 s: one of this age stands still.
    /// Counted by the agent in time that it ran.
    /// </summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// An agent that hears of an end reports it at once, and one that does not finds it with its next look: one that
    /// has said nothing for this long does not know.
    /// </summary>
    public static readonly TimeSpan DisagreesAfter = TimeSpan.FromSeconds(6);

    /// <summary>
    /// An agent whose look has stood still for so long, in time that it ran, ends itself: its supervisor starts it anew
    /// and its machines go on.
    /// </summary>
    public static readonly TimeSpan BeginsAnewAfter = TimeSpan.FromSeconds(30);

    /// <summary>
    /// One that has never had a look suffers of what ended the life before: to end again at once would help nobody.
    /// </summary>
    private static readonly TimeSpan BlindBeginsAnewAfter = TimeSpan.FromMinutes(10);

    /// <summary>Whether an agent is to end itself.</summary>
    /// <param name="age">Of its look.</param>
    /// <param name="hasLooked">It has had one in this life.</param>
    public static bool BeginsAnew(TimeSpan age, bool hasLooked) =>
        age >= (hasLooked ? BeginsAnewAfter : BlindBeginsAnewAfter);

    /// <summary>Whether a look of this age stands still; null: an agent that does not tell it.</summary>
    public static bool IsOld(TimeSpan? age) => age >= OldAfter;

    /// <summary>Whether both lists say the same of what a warden has running.</summary>
    public static bool IsSame(ImmutableArray<RunningSeat>? before, ImmutableArray<RunningSeat>? after) =>
        before is { } some && after is { } other ? some == other || some.AsSpan().SequenceEqual(other.AsSpan())
            : before is null && after is null;

    /// <summary>What it says is old, in words for people; null: nothing shows that it is.</summary>
    public static string? Of(Cluster cluster, NodeHeard heard, Instant now)
    {
        if (heard.LookIsOld)
        {
            return $"agent beats and has not looked at its machines for {OldAfter.TotalSeconds:0} s";
        }

        foreach (var (seat, since) in heard.EndedUnnoticed)
        {
            if (now - Instant.Max(since, cluster.Office.ListeningSince) >= DisagreesAfter)
            {
                return $"warden has no {seat.Instance} of generation {seat.Generation} any more, agent has it running";
            }
        }

        return null;
    }

    /// <summary>A warden has told what it has running.</summary>
    internal static NodeHeard WithRunning(this NodeHeard heard, ImmutableArray<RunningSeat>? running, Instant now)
    {
        if (IsSame(heard.Running, running))
        {
            return heard;
        }

        var ended = heard.EndedUnnoticed.AddRange((heard.Running ?? [])
            .Where(seat => Claims(heard.Report, seat) && !heard.EndedUnnoticed.Any(one => one.Seat == seat))
            .Select(seat => new EndedSeat(seat, now)));
        return heard with
        {
            Running = running,
            EndedUnnoticed = running is { } runs ? ended.RemoveAll(one => runs.Contains(one.Seat)) : [],
        };
    }

    /// <summary>An agent has told what it sees.</summary>
    internal static NodeHeard Noticed(this NodeHeard heard) => heard.EndedUnnoticed.IsEmpty ? heard : heard with
    {
        EndedUnnoticed = heard.EndedUnnoticed.RemoveAll(one => !Claims(heard.Report, one.Seat)),
    };

    private static bool Claims(NodeReport? report, RunningSeat seat)
    {
        foreach (var told in report?.Instances ?? [])
        {
            if (told.Instance == seat.Instance && told.Generation == seat.Generation)
            {
                return told.Phase is MachinePhase.Running or MachinePhase.Ready or MachinePhase.Paused;
            }
        }

        return false;
    }
}

/// <summary>A machine that its warden has running no more.</summary>
/// <param name="Seat">Which.</param>
/// <param name="Since">When the warden said so first.</param>
public sealed record EndedSeat(RunningSeat Seat, Instant Since);
