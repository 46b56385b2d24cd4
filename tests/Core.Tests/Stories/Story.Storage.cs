using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Storage that can be told to refuse a node, by one way or several.</summary>
internal sealed partial class Story
{
    /// <summary>Ways, as their methods name them, by which it refuses writes.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Ways that know no such node: they say Off of it, and there is nothing to refuse.</summary>
    public HashSet<string> UnknownToStorage { get; } = [];

    /// <summary>Ways that answer nothing.</summary>
    public HashSet<string> SilentStorage { get; } = [];

    /// <summary>It takes orders and follows none.</summary>
    public bool StorageIsDeaf { get; set; }

    /// <summary>Its ways name another machine: that one it refuses.</summary>
    public bool StorageHitsAnother { get; set; }

    /// <summary>It does what it is told, and its answer never comes.</summary>
    public bool StorageLosesAnswers { get; set; }

    /// <summary>Orders to take writes again stay without effect.</summary>
    public bool StorageKeepsRefusing { get; set; }

    private StorageRead Look(ReadStorage read, Instant asked) => new(read.Node, read.Method, new PowerSeen(
        asked,
        SilentStorage.Contains(read.Method.Place) ? PowerState.Unknown
            : IsOff(read.Method) ? PowerState.Off : PowerState.On,
        "", read.Boot));

    private bool IsOff(FenceMethod way) => Refused.Contains(way.Place) || UnknownToStorage.Contains(way.Place);

    private StorageAnswered Tell(CutStorage cut)
    {
        var took = !IsOff(cut.Method) && !StorageLosesAnswers;
        _ = !StorageIsDeaf && Refused.Add(cut.Method.Place);
        Hosts[cut.Node].Refused |= !StorageIsDeaf && !StorageHitsAnother;
        return new StorageAnswered(cut.Node, cut.Method, "") { Took = took ? cut.Cut : null };
    }

    private StorageAnswered Tell(GiveStorage give)
    {
        _ = !StorageKeepsRefusing && Refused.Remove(give.Method.Place);
        Hosts[give.Node].Refused &= StorageKeepsRefusing;
        return new StorageAnswered(give.Node, give.Method, "");
    }
}
