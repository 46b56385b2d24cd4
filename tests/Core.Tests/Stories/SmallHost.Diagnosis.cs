using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What its sensors say, and what it finds when it looks at itself.</summary>
internal sealed partial class SmallHost
{
    public static readonly DiagnosisFinding Well = new("memory", "", DiagnosisResult.Pass, "it is well", "");

    public static readonly DiagnosisFinding NoGuestRuns =
        new("accelerator", "", DiagnosisResult.Fail, "no guest runs", "switch virtualization on");

    public static readonly DiagnosisFinding BadMemory =
        new("memory", "", DiagnosisResult.Fail, "3 words did not come back", "replace it") { Hardware = true };

    public static readonly DiagnosisFinding NoDoctor =
        new("doctor", "", DiagnosisResult.CannotTell, "it is not installed", "install it");

    public ImmutableArray<WearReading> Wear { get; set; } = [];

    /// <summary>What every look finds; default: it does not answer.</summary>
    public ImmutableArray<DiagnosisFinding> Finds { get; set; } = [Well];

    /// <summary>How often it was asked to look, by orders that differ.</summary>
    public HashSet<long> Asked { get; } = [];

    private DiagnosisReport? Diagnosed()
    {
        if (_goal?.Diagnosis is not { } asked || AgentDown)
        {
            return null;
        }

        Asked.Add(asked.Id);
        return Finds.IsDefault ? null : new DiagnosisReport(asked.Id, Finds);
    }
}
