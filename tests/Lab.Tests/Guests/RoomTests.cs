using Havm.Lab.Demo;
using Havm.Lab.Observing;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 4, row 8, with real guests: no room is left for what a guest writes, and then there is.</summary>
[Collection(GuestsAlone.Name)]
public sealed class RoomTests(GuestLab lab)
{
    private const string Name = "thin-0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public Task WhatAWriteMetGoesOnWithItsMemoryOnceThereIsRoom() => FillAsync(false, async (machine, before) =>
    {
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Name} goes on", 60, now => now.Instances[Name].Settled, Cancel));
        Assert.Equal(before.Generation, after.Instances[Name].Generation);
        lab.AssertUntouched(new Dictionary<string, QemuProcess> { [Name] = machine }, [Name]);
    });

    /// <summary>A flush that failed fails for good (decision 31): that process never goes on.</summary>
    [GuestFact]
    public Task WhatAFlushMetIsBegunAnewWhereItIsOnceThereIsRoom() => FillAsync(true, async (machine, before) =>
    {
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Name} is begun anew", 90,
            now => now.Instances[Name].Settled && now.Incidents.Any(i =>
                i.Kind == "diskHandleLost" && i.Subject == $"Instance/{Name}" && i.ClosedAt is not null),
            Cancel));
        var now = after.Instances[Name];
        Assert.Equal((before.Node, before.Generation), (now.Node, now.Generation));
        Assert.False(machine.IsAlive());
        Assert.Contains("has taken new data", after.Incidents.Last(i => i.Kind == "diskHandleLost").Decision.Message);
    });

    /// <summary>Its machine is held for want of room, and then has it.</summary>
    /// <param name="below">It is a pool below the file system that is full.</param>
    /// <param name="after">What is to come of it by itself.</param>
    private async Task FillAsync(bool below, Func<QemuProcess, InstanceView, Task> after)
    {
        var whole = await lab.WholeAsync();
        var machines = lab.Stage.Machines();
        var node = whole.Nodes.Values.OrderBy(node => node.Name).First(node => node.Instances.IsEmpty).Name;
        await using (var pool = await ThinPool.MakeAsync(lab.Plan, node, Name, below))
        {
            await lab.Client.ApplyAsync(Objects(node), Cancel);
            var before = await lab.ToldAsync(() => lab.Stage.WaitAsync(
                $"{Name} is ready on {node}", 120,
                now => now.AllReady && now.Instances.GetValueOrDefault(Name)?.Node == node, Cancel));
            var machine = lab.Stage.Machines()[Name];

            await pool.FillAsync();
            await lab.ToldAsync(() => lab.Stage.WaitAsync(
                $"{Name} is held for want of room", 60,
                now => now.Instances[Name] is { Phase: "paused", Reason.Message: var why }
                    && why.Contains("no space left", StringComparison.Ordinal), Cancel));
            await pool.GiveBackAsync();
            await after(machine, before.Instances[Name]);

            await lab.Client.DeleteAsync("PlacementRule", ["thin"], Cancel);
            await lab.Client.DeleteAsync("VirtualMachine", [Name], Cancel);
            await lab.Stage.WaitAsync($"{Name} is gone", 60, now => !now.Instances.ContainsKey(Name), Cancel);
        }

        await lab.WholeAsync();
        lab.AssertUntouched(machines, whole.Instances.Keys);
    }

    /// <summary>It writes where nothing was written before, and flushes each time.</summary>
    private static string Objects(string node) => $$"""
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{Name}}}
        spec:
          vcpus: 1
          memory: 96MiB
          image: lab
          disks:
            - {name: data, size: 64MiB, datastore: shared}
          networks: [lab]
          application:
            command:
              - /bin/sh
              - -c
              - >-
                i=0; while dd if=/dev/urandom of=/dev/vdb bs=64k count=1 seek=$i conv=fsync,notrunc;
                do i=$(((i + 1) % 900)); usleep 500000; done
            probe: {kind: command, command: [/bin/test, -b, /dev/vdb], period: 1s}
        ---
        apiVersion: havm/v1
        kind: PlacementRule
        metadata: {name: thin}
        spec:
          pin: [{{Name}}]
          to:
            - node: {{node}}
        """;
}
