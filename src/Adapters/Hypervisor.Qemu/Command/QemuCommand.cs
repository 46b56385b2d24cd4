using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Havm.Hypervisor.Qemu.Disks;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Command;

/// <summary>
/// Everything a command line is made from, with every name resolved to a path or device of this node.
/// </summary>
internal sealed record MachineParts
{
    public required SeatGoal Seat { get; init; }

    public required MachineFiles Files { get; init; }

    public required ImmutableArray<ReadyDisk> Disks { get; init; }

    /// <summary>One per network card, in order.</summary>
    public required ImmutableArray<string> Taps { get; init; }

    public string? KernelPath { get; init; }

    public string? InitrdPath { get; init; }
}

/// <summary>
/// Writes a machine's command line. vCPUs are held (-S), images locked, and a guest's reboot ends the process: a fresh
/// one boots faster than firmware re-runs under TCG, gets its Fresh disks anew and takes its locks again.
/// </summary>
internal static class QemuCommand
{
    public static IReadOnlyList<string> For(MachineParts parts, QemuSettings settings)
    {
        var machine = parts.Seat.Machine;
        List<string> line =
        [
            settings.QemuProgram,
            "-name", $"guest={machine.Instance},debug-threads=on",
            "-fw_cfg", SeatMark.Of(machine.Instance, parts.Seat.Generation),
            "-S", "-no-reboot", "-nodefaults", "-no-user-config", "-display", "none",
            "-msg", "timestamp=on",
            "-machine", "q35", "-accel", Accelerator(settings), "-cpu", CpuModel(settings),
            "-smp", Number(machine.Vcpus), "-m", $"size={Number(machine.Memory.Value / 1024)}k",
            "-action", "panic=pause,watchdog=none", "-device", "pvpanic-pci",
        ];
        AddSockets(line, parts);
        AddBoot(line, parts);
        foreach (var (disk, index) in parts.Disks.Select((disk, index) => (disk, index)))
        {
            // A kernel given by name takes the first place in the boot order by itself.
            bool boots = index == 0 && parts.KernelPath is null;
            AddDisk(line, disk, index, boots);
        }

        foreach (var (nic, index) in machine.Nics.Select((nic, index) => (nic, index)))
        {
            string tap = parts.Taps[index];
            line.AddRange(["-netdev", $"tap,id=net{index},ifname={tap},script=no,downscript=no,vhost=off"]);
            line.AddRange(["-device", $"virtio-net-pci,netdev=net{index},mac={nic.Mac},romfile="]);
        }

        // A watchdog for whoever arms it; its expiry is told and not acted on. Last, so that every other device keeps
        // its place on the bus, by which guests know their network cards.
        line.AddRange(["-device", "i6300esb"]);
        if (parts.KernelPath is not null && ImageWishes.WantsScreen(machine.Boot))
        {
            line.AddRange(["-device", "VGA"]);
        }

        return line;
    }

    private static void AddSockets(List<string> line, MachineParts parts)
    {
        var files = parts.Files;
        AddMonitor(line, "agent", files.AgentSocket);
        AddMonitor(line, "warden", files.WardenSocket);
        line.AddRange(["-chardev", $"file,id=console,append=on,path={Escaped(files.ConsoleLog)}"]);
        line.AddRange(["-serial", "chardev:console", "-device", "virtio-serial-pci"]);
        AddAgent(line, parts);
        if (ImageWishes.WantsLabPort(parts.Seat.Machine.Boot))
        {
            AddPort(line, "lab", "havm.lab.0", files.LabSocket);
        }
    }

    private static void AddMonitor(List<string> line, string id, string socket)
    {
        line.AddRange(["-chardev", $"socket,id={id},server=on,wait=off,path={Escaped(socket)}"]);
        line.AddRange(["-mon", $"chardev={id},mode=control"]);
    }

    private static void AddAgent(List<string> line, MachineParts parts)
    {
        switch (parts.Seat.Machine.GuestAgent)
        {
            case GuestAgentKind.Havm:
                AddPort(line, "guest", "havm.guest.0", parts.Files.GuestSocket);
                break;
            case GuestAgentKind.Qemu:
                // The name that every packaged agent looks for.
                AddPort(line, "guest", "org.qemu.guest_agent.0", parts.Files.QemuAgentSocket);
                break;
            case GuestAgentKind.None:
                break;
        }
    }

    private static void AddPort(List<string> line, string id, string name, string socket)
    {
        line.AddRange(["-chardev", $"socket,id=port-{id},server=on,wait=off,path={Escaped(socket)}"]);
        line.AddRange(["-device", $"virtserialport,chardev=port-{id},name={name}"]);
    }

    private static void AddBoot(List<string> line, MachineParts parts)
    {
        if (parts.KernelPath is null)
        {
            // Firmware guests get a display, so that an incident can keep a picture of it.
            line.AddRange(["-device", "VGA"]);
            return;
        }

        line.AddRange(["-kernel", parts.KernelPath]);
        line.AddRange(["-append", KernelArguments.Of(parts.Seat.Machine, parts.Seat.Generation)]);
        if (parts.InitrdPath is not null)
        {
            line.AddRange(["-initrd", parts.InitrdPath]);
        }
    }

    private static void AddDisk(List<string> line, ReadyDisk disk, int index, bool boots)
    {
        if (disk.BasePath is not null)
        {
            AddBlock(line, FileNode($"base{index}-file", disk.BasePath, readOnly: true));
            AddBlock(line, FormatNode($"base{index}", $"base{index}-file", backing: null, readOnly: true));
        }

        AddBlock(line, FileNode($"disk{index}-file", disk.Path, readOnly: false));
        string? backing = disk.BasePath is null ? null : $"base{index}";
        AddBlock(line, FormatNode($"disk{index}", $"disk{index}-file", backing, readOnly: false));
        string boot = boots ? ",bootindex=0" : "";
        line.AddRange(
        [
            "-device",
            $"virtio-blk-pci,drive=disk{index},serial={SerialOf(disk)},werror=stop,rerror=stop{boot}",
        ]);
    }

    private static JsonObject FileNode(string name, string path, bool readOnly) => new()
    {
        ["driver"] = "file",
        ["node-name"] = name,
        ["filename"] = path,
        ["locking"] = "on",
        ["read-only"] = readOnly,
        ["discard"] = "unmap",
    };

    private static JsonObject FormatNode(string name, string file, string? backing, bool readOnly)
    {
        // Always qcow2, never probed: a guest could otherwise write a header that opens files of the host.
        var node = new JsonObject
        {
            ["driver"] = "qcow2",
            ["node-name"] = name,
            ["file"] = file,
            ["read-only"] = readOnly,
        };
        if (backing is not null)
        {
            node["backing"] = backing;
        }

        return node;
    }

    private static void AddBlock(List<string> line, JsonObject node) =>
        line.AddRange(["-blockdev", node.ToJsonString()]);

    /// <summary>
    /// The disk's name, by which a guest finds it under /dev/disk/by-id; virtio takes 20 bytes of it.
    /// </summary>
    private static string SerialOf(ReadyDisk disk)
    {
        string name = disk.Definition.Name;
        return name[..Math.Min(name.Length, 20)];
    }

    private static string Accelerator(QemuSettings settings) => settings switch
    {
        { Accelerator: AcceleratorKind.Kvm } => "kvm",
        { TranslationCacheMiB: { } size } => $"tcg,tb-size={Number(size)}",
        _ => "tcg",
    };

    private static string CpuModel(QemuSettings settings) =>
        settings.CpuModel ?? (settings.Accelerator == AcceleratorKind.Kvm ? "host" : "max");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Escaped(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
