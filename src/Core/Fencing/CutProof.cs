using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// The evidence that datastores refuse the writes of one boot of a node. Made from facts alone, like
/// <see cref="BootProof"/>; it says nothing of the machine, which may run on.
/// </summary>
public sealed record CutProof
{
    private CutProof(StorageCut cut, ImmutableArray<string> datastores)
    {
        Cut = cut.Id;
        Datastores = datastores;
        var ways = cut.Methods.Where(method => method.Datastores.Any(datastores.Contains)).Select(m => m.Place);
        Reason = new Reason("fencing", "provenByStorage",
            $"{string.Join(" and ", ways)} took the order and says Off, read twice after the last word of boot "
                + $"{cut.Boot}, whose heartbeat stands still there: "
                + $"{string.Join(", ", datastores)} refuses its writes");
    }

    /// <summary>The number of the cut.</summary>
    public long Cut { get; }

    public ImmutableArray<string> Datastores { get; }

    public Reason Reason { get; }

    /// <summary>
    /// Datastores of which every way took the order to refuse this boot, having taken its writes until then, and has
    /// read Off twice in a row, asked after the order and after the boot's last word; and where somebody looks for its
    /// heartbeat and has seen none since: an agent cannot tell whom it cuts off. Null while there is no such datastore,
    /// or none that was not known.
    /// </summary>
    public static CutProof? FromStorage(
        Cluster cluster, NodeRecord node, NodeHeard heard, DatastoreEvidence evidence)
    {
        if (node is not { Phase: NodePhase.Lost, Cut: { GivesBack: null } cut } || cut.Boot != node.Boot)
        {
            return null;
        }

        var named = StorageFenceDecider.MethodsOf(cluster, node);
        ImmutableArray<string> refusing = [.. cut.Datastores.Where(Refuses)];
        return refusing.All(cut.Refusing.Contains) ? null : new CutProof(cut, refusing);

        bool Refuses(string datastore) => cut.WaysTo(datastore, named).All(way => cut.WasTakenBy(way)
            && SaysOffTwice(heard.CutBy(way)) && heard.CutBy(way).OffSince is { } since
            && evidence.StoppedBefore(node, heard, since, datastore));

        bool SaysOffTwice(RungHeard said) =>
            said.Power is [.., var before, var last] && IsOff(said, before) && IsOff(said, last);

        bool IsOff(RungHeard said, PowerSeen seen) => seen.State == PowerState.Off && seen.Boot == cut.Boot
            && (heard.Last is not { } spoke || seen.AskedAt > spoke)
            && (said.OffSentAt is not { } sent || seen.AskedAt > sent);
    }
}
