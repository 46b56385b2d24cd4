using System.Text;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>Row 3 with a real guest: what is kept of a hang and of a panic before it is begun anew.</summary>
[Collection(GuestsAlone.Name)]
public sealed class EvidenceTests(GuestLab lab)
{
    private const string Vm = "watched-0";

    /// <summary>What a program writes is told along with other news, and once a minute without.</summary>
    private const int Looks = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task OfAHangAndOfAPanicScreenConsoleQemusLogTheProgramsLastWordsAndTheDumpThatWasAskedForAreKept()
    {
        await lab.WholeAsync();
        await lab.Client.ApplyAsync(Objects(), Cancel);
        var whole = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Vm} is ready", 120,
            now => now.AllReady && now.Instances.TryGetValue(Vm, out var vm) && vm.Phase == "ready", Cancel));
        var shown = "";
        for (var look = 0; look < Looks && !shown.Contains("it begins", StringComparison.Ordinal); look++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            shown = await lab.HavmAsync("vm", "show", Vm);
        }

        Assert.Contains("it begins", shown, StringComparison.Ordinal);

        var panic = await BegunAnewAsync(whole, "panic-guest");
        await AssertKeptAsync(panic);
        Assert.Contains("Kernel panic", await TextAsync(panic, "console.txt"));
        await using (await lab.PolicyAsync("healing: {hangWait: 30s}"))
        {
            await AssertKeptAsync(await BegunAnewAsync(await lab.WholeAsync(), "hang-guest"));
        }

        await lab.Client.DeleteAsync("VirtualMachine", [Vm], Cancel);
        await lab.Stage.WaitAsync($"{Vm} is gone", 60, now => !now.Instances.ContainsKey(Vm), Cancel);
        await lab.Client.DeleteAsync("Image", ["watched"], Cancel);
        await lab.WholeAsync();
    }

    private static string Objects() => $$"""
        apiVersion: havm/v1
        kind: Image
        metadata: {name: watched}
        spec:
          datastore: {{NodeConfig.DatastoreName}}
          kernel: images/vmlinux
          initrd: images/initrd.cpio
          base: images/base.qcow2
          arguments: havm.lab=1 console=tty0 console=ttyS0
        ---
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{Vm}}}
        spec:
          vcpus: 1
          memory: 112MiB
          image: watched
          networks: [lab]
          application: {command: [sh, -c, echo it begins; exec sleep 100000]}
          evidence: {guestDump: true, dumpWithin: 2m}
        """;

    private async Task<IncidentView> BegunAnewAsync(Snapshot before, string fault)
    {
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        await lab.DoAsync(fault, Vm);
        var after = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Vm} is ready again", 240, now => now.AllReady && now.Incidents.Any(IsNew), Cancel));
        return Assert.Single(after.Incidents, IsNew);

        bool IsNew(IncidentView i) =>
            i.Subject == $"Instance/{Vm}" && i.ClosedAt is not null && !known.Contains(i.Id);
    }

    /// <summary>Each file is there, of its kind, and the dump for its owner's eyes alone.</summary>
    private static async Task AssertKeptAsync(IncidentView incident)
    {
        var way = Assert.Single(incident.Instances);
        Assert.Null(way.NotKept);
        Assert.Equal(
            ["application.log", "console.txt", "guest.dump", "screen.png"],
            way.Kept.Select(path => Path.GetFileName(path)!).Where(name => name != "qemu.log").Order());
        Assert.Equal("it begins\n", await TextAsync(incident, "application.log"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], await HeadAsync(incident, "screen.png", 4));
        string dump = Encoding.ASCII.GetString(await HeadAsync(incident, "guest.dump", 8));
        Assert.True(dump is "makedump" or "KDUMP   " || dump[1..4] == "ELF", dump);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(incident, "guest.dump")));
    }

    private static string PathOf(IncidentView incident, string name) =>
        incident.Instances[0].Kept.Single(path => Path.GetFileName(path) == name);

    private static Task<string> TextAsync(IncidentView incident, string name) =>
        File.ReadAllTextAsync(PathOf(incident, name), Cancel);

    private static async Task<byte[]> HeadAsync(IncidentView incident, string name, int count)
    {
        byte[] head = new byte[count];
        await using var file = File.OpenRead(PathOf(incident, name));
        await file.ReadExactlyAsync(head, Cancel);
        return head;
    }
}
