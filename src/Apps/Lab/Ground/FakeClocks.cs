using System.Globalization;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Wall clocks of nodes that can be put right and wrong while everything runs, by libfaketime; the machine's own clock
/// stays as it is, and so do clocks that only count.
/// </summary>
public static class FakeClocks
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    /// <summary>These commands, with agents and wardens that read their node's own clock.</summary>
    /// <exception cref="LabRefusal">libfaketime is not installed.</exception>
    public static LabCommands Behind(LabCommands commands) => File.Exists(Library)
        ? commands with { Agent = [.. Words, .. commands.Agent], Warden = [.. Words, .. commands.Warden] }
        : throw new LabRefusal("lab", "libfaketime", $"{Library} is not there", "apt-get install faketime");

    /// <summary>A node's clock is off by so much from now on; it sees so within a second.</summary>
    public static void Set(LabPlan plan, NodePlan node, TimeSpan off) => LabFiles.WriteText(
        $"{plan.Paths.Node(node.Name)}/clock",
        string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:+0.###;-0.###;+0}\n"));

    private static readonly string[] Words =
    [
        "env", $"LD_PRELOAD={Library}", "FAKETIME_TIMESTAMP_FILE={dir}/clock", "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "FAKETIME_CACHE_DURATION=1",
        // Without it waits on the counting clock return at once, and every waiting thread spins.
        "FAKETIME_FORCE_MONOTONIC_FIX=0",
    ];
}
