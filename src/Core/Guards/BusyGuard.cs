using Havm.Core.Busyness;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Automation moves no instance that somebody outside works on, nor one that would take such a one along by a rule: a
/// move restarts it, and a backup that is under way would be lost. An operator who names the instance is obeyed; a node
/// that goes by itself takes its guests along either way; and what has lost its disks has nothing left to be backed up.
/// </summary>
public sealed class BusyGuard : IGuard
{
    public string ReleasedBy => "the end of its mark, `havm vm busy NAME --over`, or `havm vm move`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now) =>
        proposal.Change is MoveBegun { Note.Cause: not (MoveCause.Order or MoveCause.Storage) } begun
        && !BusyRule.GoesAnyway(cluster.Ledger.Nodes[begun.Note.From])
        && BusyRule.Keeps(cluster.Ledger, cluster.Ledger.Instances[begun.Name]) is { } busy
            ? new Reason("guards", "busyGuard",
                $"{busy.Name} is busy ({busy.Busy!.Why}): {begun.Name} moves after {BusyRule.EndOf(busy)}; "
                    + $"`havm vm move {begun.Name} --to NODE` moves it now")
            : null;
}
