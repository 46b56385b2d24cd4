using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Running;

namespace Havm.Bench;

/// <summary>How much `./bench guest` does.</summary>
/// <param name="Runs">Guests begun anew, 1 to 200.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record GuestPlan(int Runs, string? Images, string Lab, bool Json)
{
    public string Command => $"./bench guest --runs {Runs}";
}

/// <summary>
/// Begins guests anew and asks the kernel in each, as soon as the cluster shows it ready, what its guest agent has used
/// until then: the largest memory that was resident, and processor time. What it has used since it was ready and was
/// asked is in it. An emulated processor takes many times as long as a real one: beside it, the same program gets a
/// role ready on this machine's own, as it does where guests have KVM.
/// </summary>
internal static class GuestBench
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(GuestPlan plan, CancellationToken cancel)
    {
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await BenchLab.StartAsync("bench guest", plan.Lab, plan.Images, null, "", cancel);
        var memory = new List<double>();
        var processor = new List<double>();
        var faults = new GuestFaults(session.Plan);
        while (memory.Count < plan.Runs)
        {
            var all = (await Snapshot.ReadAsync(session.Client, cancel)).Instances.Keys.Order();
            foreach (var instance in all.Take(plan.Runs - memory.Count))
            {
                await BeginAnewAsync(session, faults, instance, cancel);
                var (peak, used) = await faults.MeasureAgentAsync(instance);
                memory.Add(peak);
                processor.Add(used.TotalSeconds);
                await Console.Error.WriteLineAsync(
                    $"{instance} {memory.Count} of {plan.Runs}: {peak:0.0} MiB, {used.TotalMilliseconds:0} ms");
            }
        }

        var bare = new List<double>();
        while (bare.Count < plan.Runs)
        {
            var program = Path.Join(session.Plan.Images!, "havm-guest-agent");
            bare.Add((await BareAgent.UntilReadyAsync(program, cancel)).TotalSeconds);
        }

        var native = Figure.Of("guest.agent.processorUntilReady.native", bare, "s", plan.Command);
        foreach (var figure in new[]
        {
            Figure.Of("guest.agent.memory", memory, "MiB", plan.Command),
            native,
            Figure.Of(
                "guest.agent.processorUntilReady.emulated", processor, "s", plan.Command,
                new Beside("native", native.P50)),
        })
        {
            figures.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
        }

        return 0;
    }

    private static async Task BeginAnewAsync(
        LabSession session, GuestFaults faults, string instance, CancellationToken cancel)
    {
        var before = faults.Running(instance).Select(process => process.Pid).ToHashSet();
        await session.Client.RestartAsync(instance, cancel);
        await Snapshot.WaitAsync(
            session.Client, $"{instance} is begun anew and ready", Limit,
            now => now.Instances[instance].Settled && QemuProcessTable.Read(session.Plan)
                .Any(process => process.Instance == instance && !before.Contains(process.Pid)),
            cancel, pause: Pause);
    }
}
