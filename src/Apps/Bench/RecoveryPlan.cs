namespace Havm.Bench;

/// <summary>How much `./bench recovery` does.</summary>
/// <param name="Cuts">Power cuts, 0 to 1000.</param>
/// <param name="Faults">QEMU kills and guest panics, taken in turn, 0 to 1000.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name: another when two run side by side.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record RecoveryPlan(int Cuts, int Faults, string? Images, string Lab, bool Json)
{
    public string Command => $"./bench recovery --cuts {Cuts} --faults {Faults}";
}
