using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <summary>Null when there is none, or it is over.</summary>
    public LongLeaseView? LongLease() =>
        Cluster.Ledger.LongLease is { State: not LongLeaseState.Over } lease ? View(lease) : null;

    private LongLeaseView View(LongLease lease)
    {
        var holding = LongLeaseRule.Holding(Cluster, lease);
        var missing = lease.State == LongLeaseState.Granted
            ? LongLeaseRule.MayHold(Cluster, lease).Except(holding)
            : LongLeaseRule.MayHold(Cluster, lease);
        var proofs = LongLeaseRule.EndsAt(Cluster) + LeaseTerms.Default.LongestT;
        return new LongLeaseView
        {
            Name = lease.Name.ToString(),
            State = Word.Of(lease.State),
            Message = lease.Why.Message,
            LengthSeconds = lease.Length.TotalSeconds,
            GrantedAt = Moment.Of(lease.GrantedAt, Wall),
            Ends = lease.GrantedAt + lease.Length,
            NoProofUntil = Wall + (proofs - Now),
            Holding = [.. holding.Select(n => n.Value)],
            Missing = [.. missing.Select(n => new LongLeaseNodeView(n.Value, Speaks(n)))],
        };
    }

    /// <summary>Right after taking office a node that has not been heard yet is no silent one.</summary>
    private bool Speaks(NodeName node) =>
        Now - Cluster.Office.ListeningSince < Cluster.Policy.Liveness.LostAfter
        || (Cluster.HeardOf(node).Warden.At is { } at && Now - at < Cluster.Policy.Liveness.SuspectAfter);
}
