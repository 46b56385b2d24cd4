using Havm.Model;

namespace Havm.Specs;

/// <summary>What is kept of a guest's incidents beyond the usual.</summary>
internal static class EvidenceFields
{
    private static readonly EvidenceWishes Usual = new();

    private static readonly Member<EvidenceWishes, bool> GuestDump = Member.Optional(
        "guestDump", FlagType.Instance, Usual.GuestDump, (EvidenceWishes w) => w.GuestDump,
        "Whether the memory of a guest that hung or panicked is dumped before it is started anew. A dump holds the "
        + "guest's secrets, counts towards the node's `evidenceMiB`, and is left out where it might not fit.");

    private static readonly Member<EvidenceWishes, TimeSpan> DumpWithin = Member.Optional(
        "dumpWithin", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)), Usual.DumpWithin,
        (EvidenceWishes w) => w.DumpWithin,
        "The longest that its repair waits for the dump; one that is not complete by then is deleted.");

    public static readonly Shape<EvidenceWishes> Shape = new(
        [GuestDump, DumpWithin],
        v => new EvidenceWishes { GuestDump = v.Get(GuestDump), DumpWithin = v.Get(DumpWithin) });
}
