using System.Diagnostics;
using System.Globalization;
using Havm.Lab.Chassis;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Demo;

/// <summary>What a step acts with and where it says what it saw; keeps the checks of the step at work.</summary>
internal sealed class DemoStage(LabPlan plan, LabClient client, NeverTwoObserver observer)
{
    /// <summary>The one instance of the example that keeps a disk, and that disk.</summary>
    public const string DiskOwner = "db-0";

    private const string Disk = "data";
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(20);
    private readonly DiskWatch _disk = new(plan, DiskOwner, Disk);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(bool Passed, string What)> _checks = [];

    public LabPlan Plan => plan;

    public LabClient Client => client;

    public NeverTwoObserver Observer => observer;

    /// <summary>What was checked since the step began.</summary>
    public IReadOnlyList<(bool Passed, string What)> Checks => _checks;

    public void Begin() => _checks.Clear();

    public void Say(string text) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,7:0.0} s  {text}"));

    public void Check(bool passed, string what)
    {
        _checks.Add((passed, what));
        Say($"{(passed ? "PASS" : "FAIL")}  {what}");
    }

    /// <summary>Something done to the lab, alone, as a verb does it.</summary>
    public async Task DoAsync(string what, Func<Task> act)
    {
        Say($"do    {what}");
        using var held = await LabLock.TakeAsync(plan.Name);
        await act();
    }

    public Task PowerOffAsync(LabTarget target, bool withBmc) => DoAsync(
        $"havm lab power-off {(target.IsRack ? "rack:" : "")}{target.Name}{(withBmc ? " --with-bmc" : "")}",
        () => new PowerFaults(plan).OffAsync(target, withBmc));

    public Task PowerOnAsync(LabTarget target) => DoAsync(
        $"havm lab power-on {(target.IsRack ? "rack:" : "")}{target.Name}",
        () => new PowerFaults(plan).OnAsync(target));

    /// <summary>Stops one process of a node in its tracks: neither dead nor alive.</summary>
    public Task FreezeAsync(string node, string part) => DoAsync($"stop {part} of {node} (SIGSTOP)", () =>
    {
        ProcessTrees.Of(plan, node).Signal(part, Machine.Stop);
        return Task.CompletedTask;
    });

    public Task<Snapshot> ReadAsync(CancellationToken cancel) => Snapshot.WaitAsync(
        client, "the controller answers", TimeSpan.FromSeconds(30), _ => true, cancel);

    public Task<Snapshot> WaitAsync(
        string what, int seconds, Func<Snapshot, bool> condition, CancellationToken cancel) =>
        Snapshot.WaitAsync(client, what, TimeSpan.FromSeconds(seconds), condition, cancel);

    /// <summary>
    /// Every node up, every instance ready and no incident open: the state a step begins and ends in.
    /// </summary>
    public Task<Snapshot> WholeAsync(int seconds, CancellationToken cancel) => WaitAsync(
        "every node up, every instance ready, no incident open", seconds,
        now => now.AllUp && now.AllReady && !now.Open.Any(), cancel);

    /// <summary>The living QEMU of each instance, from the process table.</summary>
    public IReadOnlyDictionary<string, QemuProcess> Machines() => QemuProcessTable.Read(plan)
        .GroupBy(machine => machine.Instance)
        .ToDictionary(group => group.Key, group => group.OrderBy(machine => machine.Started).Last());

    /// <summary>Prints the incidents that were opened since the snapshot and gives back those of one kind.</summary>
    public IReadOnlyList<IncidentView> Tell(Snapshot before, Snapshot after, params string[] kinds)
    {
        var known = before.Incidents.Select(incident => incident.Id).ToHashSet();
        var fresh = after.Incidents.Where(incident => !known.Contains(incident.Id)).ToList();
        foreach (var line in fresh.SelectMany(IncidentText.Lines))
        {
            Say($"      {line}");
        }

        return [.. fresh.Where(incident => kinds.Contains(incident.Kind))];
    }

    /// <summary>Checks that the QEMUs of these instances are the very processes they were.</summary>
    public void CheckUntouched(IReadOnlyDictionary<string, QemuProcess> before, IEnumerable<string> instances)
    {
        var now = Machines();
        var names = instances.Order().ToList();
        var touched = names.Where(name => now.GetValueOrDefault(name) is not { } here
            || (here.Pid, here.Started) != (before[name].Pid, before[name].Started)).ToList();
        Check(
            touched.Count == 0,
            touched.Count == 0
                ? $"untouched: {string.Join(", ", names.Select(name => $"{name} (pid {before[name].Pid})"))}"
                : $"{string.Join(", ", touched)} should not have been touched");
    }

    /// <summary>
    /// What must hold after every fault: nothing ran twice, and the disk goes on from where it was, written by the
    /// generation that has the seat.
    /// </summary>
    public async Task CheckAlwaysAsync(CancellationToken cancel)
    {
        Check(
            observer.Violations.Count == 0,
            $"never two: {observer.Looks} looks at the process table "
                + $"found {observer.Violations.Count} instance(s) running twice");
        var (first, fault) = await _disk.LookAsync();
        if (fault is not null || first is null)
        {
            Check(false, $"disk of {DiskOwner}: {fault ?? "nothing was ever written"}");
            return;
        }

        var seat = (await ReadAsync(cancel)).Instances[DiskOwner].Generation;
        var clock = Stopwatch.StartNew();
        var now = first;
        while (fault is null && (now.Counter <= first.Counter || now.Generation < seat) && clock.Elapsed < DiskLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
            (var read, fault) = await _disk.LookAsync();
            now = read ?? now;
        }

        Check(
            fault is null && now.Counter > first.Counter && now.Generation == seat,
            $"disk of {DiskOwner}: writer {now.Writer}, generation {now.Generation} (seat {seat}), "
            + $"counter {first.Counter} -> {now.Counter}{(fault is null ? "" : $": {fault}")}");
    }
}
