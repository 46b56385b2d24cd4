using Havm.Model;

namespace Havm.Specs;

/// <summary>The policy's section about nodes that will fail.</summary>
internal static class PredictionFields
{
    public static readonly PredictionPolicy Usual = new();

    private static readonly Member<PredictionPolicy, PredictionMode> Mode = Member.Optional(
        "mode", new WordType<PredictionMode>(), Usual.Mode, (PredictionPolicy p) => p.Mode,
        "What follows when a node will likely fail: nothing, telling, no new seats and a diagnosis, or also that what "
        + "sits there is moved, each instance with a restart.");

    private static readonly Member<PredictionPolicy, int> CorrectedErrors = Member.Optional(
        "correctedErrors", new IntegerType(1, 1_000_000), Usual.CorrectedErrors,
        (PredictionPolicy p) => p.CorrectedErrors,
        "Corrected memory errors of one controller within an hour that make failing likely; watched from a tenth.");

    private static readonly Member<PredictionPolicy, int> DiskSectors = Member.Optional(
        "diskSectors", new IntegerType(1, 100_000), Usual.DiskSectors, (PredictionPolicy p) => p.DiskSectors,
        "Sectors of one disk, reallocated or unreadable, that make failing likely; watched from a tenth.");

    private static readonly Member<PredictionPolicy, int> DiskErrors = Member.Optional(
        "diskErrors", new IntegerType(1, 100_000), Usual.DiskErrors, (PredictionPolicy p) => p.DiskErrors,
        "I/O errors of one disk within an hour that make failing likely; watched from a tenth.");

    private static readonly Member<PredictionPolicy, int> LinkErrors = Member.Optional(
        "linkErrors", new IntegerType(1, 10_000_000), Usual.LinkErrors, (PredictionPolicy p) => p.LinkErrors,
        "Bad frames of one network card within an hour from which on it is watched.");

    public static readonly Shape<PredictionPolicy> Shape = new(
        [Mode, CorrectedErrors, DiskSectors, DiskErrors, LinkErrors],
        v => new PredictionPolicy
        {
            Mode = v.Get(Mode),
            CorrectedErrors = v.Get(CorrectedErrors),
            DiskSectors = v.Get(DiskSectors),
            DiskErrors = v.Get(DiskErrors),
            LinkErrors = v.Get(LinkErrors),
        });
}
