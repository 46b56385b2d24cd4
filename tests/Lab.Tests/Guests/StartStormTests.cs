using System.Globalization;
using Havm.Core.Host.Goals;
using Havm.Datastore;
using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 with real guests: how many a node starts at once, and what cannot be started.</summary>
[Collection(GuestsAlone.Name)]
public sealed class StartStormTests(GuestLab lab)
{
    private const int BeatsStill = 3;

    private static readonly int Limit = new HostSettings { Cluster = "" }.StartLimit;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What its processes are to run in stands still, so that none of them gets on.</summary>
    [GuestFact]
    public async Task ANodeHasFourOnTheirWayTheFirstOnesByPriorityAndTheRestFollow()
    {
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var name = before.Nodes.Values.OrderBy(node => node.Name).First(node => node.Instances.IsEmpty).Name;
        var node = LabTarget.Node(lab.Plan, name);
        await lab.Client.ApplyAsync(LabObjects.WithRoom(lab.Plan, node, 8, 2048), Cancel);
        string[] late = ["storm-a", "storm-b"], first = ["storm-c", "storm-d", "storm-e", "storm-f"];
        Assert.Equal(Limit, first.Length);
        string[] all = [.. late, .. first];

        await StandStillAsync(name, true);
        try
        {
            await lab.Client.ApplyAsync(Objects(name, late, first), Cancel);
            await UntilAsync("as many as may be are on their way", () => OnTheirWay(name).Length >= Limit);
            var beats = await BeatsAsync(name);
            await UntilAsync("its node has gone on for a while", () =>
            {
                Assert.Equal(first, OnTheirWay(name));
                return BeatsAsync(name).GetAwaiter().GetResult() >= beats + BeatsStill;
            });
        }
        finally
        {
            await StandStillAsync(name, false);
        }

        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "all of them run there", 120,
            now => now.AllReady && all.All(one => now.Instances.GetValueOrDefault(one)?.Node == name), Cancel));
        await lab.Client.DeleteAsync("PlacementRule", ["storm"], Cancel);
        await lab.Client.DeleteAsync("VirtualMachine", all, Cancel);
        await lab.Stage.WaitAsync(
            "they are gone", 60, now => !all.Any(now.Instances.ContainsKey), Cancel);
        await lab.Client.ApplyAsync(await File.ReadAllTextAsync(lab.Plan.Paths.ClusterSpecs, Cancel), Cancel);
        await lab.WholeAsync();
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    /// <summary>Its kernel is missing: each round waits longer, and the first after it is there works.</summary>
    [GuestFact]
    public async Task WhatCannotStartIsTriedEverLaterAndRunsByItselfOnceItsCauseIsGone()
    {
        const string hollow = "hollow-0";
        var before = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var told = (await lab.Client.StatusAsync(Cancel)).AtEvent;
        var missing = $"{lab.Plan.Paths.Datastore}/images/missing";
        await lab.Client.ApplyAsync(Hollow(hollow), Cancel);
        try
        {
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                "its second round of tries has failed", 90,
                now => now.Instances.GetValueOrDefault(hollow) is { Phase: "failed" }
                    && EventsAsync(told, hollow).GetAwaiter().GetResult().Count(e => e.Reason?.Code == "failed") == 2,
                Cancel));
            File.Copy($"{lab.Plan.Paths.Datastore}/images/vmlinux", missing);
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                "it runs", 90, now => now.AllReady && now.Instances.ContainsKey(hollow), Cancel));

            var events = await EventsAsync(told, hollow);
            Assert.Equal([10, 30], Waits(events).Select(wait => (int)wait.TotalSeconds / 10 * 10));
            Assert.Equal(3, events.Count(e => e.Reason?.Code == "seated"));
        }
        finally
        {
            await lab.Client.DeleteAsync("VirtualMachine", [hollow], Cancel);
            await lab.Stage.WaitAsync("it is gone", 60, now => !now.Instances.ContainsKey(hollow), Cancel);
            await lab.Client.DeleteAsync("Image", ["hollow"], Cancel);
            File.Delete(missing);
        }

        await lab.WholeAsync();
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    /// <summary>From each failure to the next round.</summary>
    private static IEnumerable<TimeSpan> Waits(IReadOnlyList<EventView> events) =>
        events.Where(e => e.Reason?.Code == "failed").Zip(
            events.Where(e => e.Reason?.Code == "triedAgain"), (failed, again) => again.At.At - failed.At.At);

    private async Task<IReadOnlyList<EventView>> EventsAsync(long told, string instance) =>
        [.. (await lab.Client.EventsAsync(told, Cancel)).Where(e => e.Object == $"Instance/{instance}")];

    /// <summary>The machines of a node of which a process lives, by name.</summary>
    private string[] OnTheirWay(string node) =>
    [
        .. Directory.EnumerateDirectories($"{lab.Plan.CgroupOf(node)}/{LoopScript.Guests}")
            .Where(group => File.ReadAllText($"{group}/cgroup.procs").Length > 0)
            .Select(group => Path.GetFileName(group)).Order(StringComparer.Ordinal),
    ];

    private Task StandStillAsync(string node, bool still) => File.WriteAllTextAsync(
        $"{lab.Plan.CgroupOf(node)}/{LoopScript.Guests}/cgroup.freeze", still ? "1" : "0", Cancel);

    private async Task<long> BeatsAsync(string node) =>
        (await new DirectoryHeartbeats(lab.Plan.Paths.Datastore).ReadAllAsync(Cancel))
        .FirstOrDefault(beat => beat.Node.Value == node)?.Sequence ?? 0;

    private static async Task UntilAsync(string what, Func<bool> so) => Assert.True(
        await Until.TrueAsync(so, TimeSpan.FromSeconds(30), Cancel), $"not within 30 s: {what}");

    private static string Objects(string node, IEnumerable<string> late, IEnumerable<string> first) =>
        string.Join("\n---\n",
        [
            .. late.Select(name => One(name, 5)), .. first.Select(name => One(name, 2)),
            "{apiVersion: havm/v1, kind: PlacementRule, metadata: {name: storm}, spec: "
                + $"{{pin: [{string.Join(", ", late.Concat(first))}], to: [{{node: {node}}}], hard: true}}}}",
        ]);

    private static string One(string name, int priority) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{apiVersion: havm/v1, kind: VirtualMachine, metadata: {{name: {name}}}, spec: {{vcpus: 1, memory: 96MiB, "
        + $"image: lab, networks: [lab], priority: {priority}}}}}");

    private static string Hollow(string name) => $$"""
        apiVersion: havm/v1
        kind: Image
        metadata: {name: hollow}
        spec:
          datastore: shared
          kernel: images/missing
          initrd: images/initrd.cpio
          base: images/base.qcow2
          arguments: havm.lab=1
        ---
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{name}}}
        spec:
          vcpus: 1
          memory: 96MiB
          image: hollow
          networks: [lab]
          retries: {here: 0, elsewhere: 0, again: 30s}
        """;
}
