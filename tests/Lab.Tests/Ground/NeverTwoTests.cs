using System.Diagnostics;
using Havm.Lab.Observing;

namespace Havm.Lab.Tests.Ground;

/// <summary>The observer against real QEMU processes, started as the lab's nodes would start them.</summary>
public sealed class NeverTwoTests
{
    [RootFact]
    public async Task TwoRunningGuestsOfOneInstanceAreAViolation()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "2", "--nodes-per-rack", "1"] }.UpAsync();
        await using var observer = new NeverTwoObserver(lab.Plan);
        using var first = Start(lab, "r1n1", "vm1", 1, released: true);
        using var second = Start(lab, "r2n1", "vm1", 2, released: true);
        try
        {
            await TestLab.EventuallyAsync("the violation is seen", () => observer.Violations.Count > 0);
            var meeting = Assert.Single(observer.Violations);
            Assert.Equal("vm1", meeting.First.Instance);
            Assert.Equal(
                new long?[] { 1, 2 }, new[] { meeting.First.Generation, meeting.Second.Generation }.Order());
            Assert.Equal(["r1n1", "r2n1"], new[] { meeting.First.Node, meeting.Second.Node }.Order());
        }
        finally
        {
            End(first, second);
        }
    }

    [RootFact]
    public async Task AGuestThatWaitsToBeReleasedIsOnlyNotedAndOneThatFollowsIsNot()
    {
        await using var lab = await new TestLab { Shape = ["--racks", "2", "--nodes-per-rack", "1"] }.UpAsync();
        await using var observer = new NeverTwoObserver(lab.Plan);
        using var first = Start(lab, "r1n1", "vm1", 1, released: true);
        using var other = Start(lab, "r1n1", "vm2", 1, released: true);
        using var waiting = Start(lab, "r2n1", "vm1", 2, released: false);
        try
        {
            await TestLab.EventuallyAsync("the pair is noted", () => observer.Overlaps.Count > 0);
            await lab.DoAsync("kill-vm", "vm2");
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
            using var next = Start(lab, "r2n1", "vm2", 2, released: true);
            await TestLab.EventuallyAsync("its successor is seen", () => observer.Seen.ContainsKey(("vm2", 2, "r2n1")));
            End(next);
            Assert.Equal("vm1", Assert.Single(observer.Overlaps).First.Instance);
            Assert.Empty(observer.Violations);
        }
        finally
        {
            End(first, waiting, other);
        }
    }

    private static Process Start(TestLab lab, string node, string instance, int generation, bool released)
    {
        var kernel = SpinningKernel.WriteOnce(lab.Directory);
        var run = $"{lab.Paths.Instances(node)}/{instance}-{generation}.pid";
        List<string> words =
        [
            "-accel", "tcg", "-M", "pc", "-m", "16M", "-nodefaults", "-no-user-config", "-display", "none",
            "-name", $"{instance},debug-threads=on", "-pidfile", run,
            "-kernel", kernel, "-append", $"quiet havm.instance={instance} havm.generation={generation}",
        ];
        if (!released)
        {
            words.Add("-S");
        }

        return Process.Start("qemu-system-x86_64", words);
    }

    private static void End(params Process[] processes)
    {
        foreach (var process in processes.Where(process => !process.HasExited))
        {
            process.Kill();
            process.WaitForExit();
        }
    }
}
