using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What is wrong with it though it speaks.</summary>
internal sealed partial class SmallHost
{
    /// <summary>Shared storage takes nothing that it writes.</summary>
    public bool Refused { get; set; }

    /// <summary>What it tells of itself.</summary>
    public ImmutableArray<NodeAilment> Ailments { get; set; } = [];

    /// <summary>What its driver says of a BMC that is dead: nothing answers, or the password is wrong.</summary>
    public string BmcTrouble { get; set; } = "no answer";

    /// <summary>Nothing in its guests says that it is ready.</summary>
    public bool NeverReady { get; set; }

    /// <summary>It has reached no disk for longer than anything here may be without.</summary>
    public bool StorageLost { get; set; }

    /// <summary>A disk error holds what runs here, because a datastore is out of its reach.</summary>
    public bool HeldByPath { get; set; }

    /// <summary>Its boot clock stood still for so long, as that of a machine which was paused.</summary>
    public TimeSpan ClockStood { get; set; }

    /// <summary>Since when either is so, as it says itself; null: it does not say.</summary>
    public DateTimeOffset? HurtAt { get; set; }

    /// <summary>What a disk error holds is being let go on, and meets it again with its next access.</summary>
    public bool TriesToGoOn { get; set; }

    private MachinePhase PhaseOfAll => StorageLost || (HeldByPath && !TriesToGoOn) ? MachinePhase.Paused
        : NeverReady ? MachinePhase.Running : MachinePhase.Ready;
}
