using System.Text.Json;
using System.Text.Json.Serialization;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;

namespace Havm.Hypervisor.Qemu.Accelerator;

/// <summary>
/// Finds out how guests can run here by running one. Opening /dev/kvm proves nothing: there are machines on
/// which it opens, a machine is made, even runs its first instructions, and then hangs in its firmware. The probe guest
/// goes through the firmware into a boot sector that writes one byte to QEMU's exit port.
/// </summary>
public static class AcceleratorProbe
{
    /// <summary>A working KVM is there in 0.2 s; a busy machine gets several times that.</summary>
    private static readonly TimeSpan KvmDeadline = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan TcgDeadline = TimeSpan.FromSeconds(20);

    /// <summary>QEMU's exit port turns the byte v into exit code 2v + 1.</summary>
    private const int ProbeByte = 0x2a;

    /// <summary>
    /// The accelerator guests run on, found once per boot of the node and kept in <paramref name="cacheFile"/>. Throws
    /// <see cref="MachineException"/> (ProcessFailed) when no guest runs at all.
    /// </summary>
    public static async Task<AcceleratorKind> FindAsync(
        string qemuProgram, string cacheFile, BootId boot, CancellationToken cancel)
    {
        if (Remembered(cacheFile, boot, qemuProgram) is { } known)
        {
            return known;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(cacheFile))!);
        var tried = await TryAsync(qemuProgram, cacheFile + ".boot", cancel);
        if (tried.Found is not { } found)
        {
            throw new MachineException(
                MachineTrouble.ProcessFailed,
                $"no guest runs on this node, neither under KVM ({tried.KvmTrouble}) nor under TCG"
                + $" ({tried.TcgTrouble}); check that {qemuProgram} is installed with its firmware");
        }

        Remember(cacheFile, new Finding(boot, qemuProgram, found));
        return found;
    }

    /// <summary>
    /// Runs the probe guest now, whatever is remembered. <paramref name="sector"/> is written for it, and removed.
    /// </summary>
    public static async Task<AcceleratorTrial> TryAsync(string qemuProgram, string sector, CancellationToken cancel)
    {
        await File.WriteAllBytesAsync(sector, BootSector(), cancel);
        try
        {
            var kvm = await RunAsync(qemuProgram, "kvm", "host", sector, KvmDeadline, cancel);
            if (IsAlive(kvm))
            {
                return new AcceleratorTrial(AcceleratorKind.Kvm, "", "");
            }

            var tcg = await RunAsync(qemuProgram, "tcg", "max", sector, TcgDeadline, cancel);
            return IsAlive(tcg)
                ? new AcceleratorTrial(AcceleratorKind.Tcg, Words(kvm), "")
                : new AcceleratorTrial(null, Words(kvm), Words(tcg));
        }
        finally
        {
            File.Delete(sector);
        }
    }

    private static string Words(ShortCommandResult result) =>
        result.Error.Length > 0 ? result.Error : $"it ended with code {result.ExitCode}";

    private static Task<ShortCommandResult> RunAsync(
        string qemuProgram, string accelerator, string cpu, string sector, TimeSpan deadline,
        CancellationToken cancel) =>
        ShortCommand.RunAsync(
            qemuProgram,
            [
                "-accel", accelerator, "-cpu", cpu, "-machine", "q35", "-m", "16M", "-nodefaults", "-no-user-config",
                "-display", "none", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                "-blockdev", "driver=raw,node-name=d,read-only=on,file.driver=file,file.locking=off,file.filename="
                    + sector.Replace(",", ",,", StringComparison.Ordinal),
                "-device", "virtio-blk-pci,drive=d",
            ],
            "", deadline, cancel);

    private static bool IsAlive(ShortCommandResult result) => result.ExitCode == (2 * ProbeByte) + 1;

    private static byte[] BootSector()
    {
        // mov al, ProbeByte; out 0xf4, al; hlt; jmp to hlt. Firmware takes nothing below half a MiB for a disk.
        byte[] code = [0xb0, ProbeByte, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd];
        var sector = new byte[Bytes.Mebi];
        code.CopyTo(sector, 0);
        sector[510] = 0x55;
        sector[511] = 0xaa;
        return sector;
    }

    private static AcceleratorKind? Remembered(string cacheFile, BootId boot, string qemuProgram)
    {
        try
        {
            var finding = JsonSerializer.Deserialize(File.ReadAllBytes(cacheFile), ProbeJson.Default.Finding);
            return finding is not null && finding.Boot == boot && finding.QemuProgram == qemuProgram
                ? finding.Accelerator
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void Remember(string cacheFile, Finding finding)
    {
        string written = $"{cacheFile}.{Environment.ProcessId}.new";
        File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(finding, ProbeJson.Default.Finding));
        File.Move(written, cacheFile, overwrite: true);
    }
}

/// <summary>How the probe guest fared.</summary>
/// <param name="Found">Null: no guest runs at all.</param>
/// <param name="KvmTrouble">Why KVM was not it; empty where it was.</param>
/// <param name="TcgTrouble">Why translation was not it either; empty where it was not needed, or works.</param>
public sealed record AcceleratorTrial(AcceleratorKind? Found, string KvmTrouble, string TcgTrouble);

/// <summary>What a probe found, and what it holds for.</summary>
internal sealed record Finding(BootId Boot, string QemuProgram, AcceleratorKind Accelerator);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Finding))]
internal sealed partial class ProbeJson : JsonSerializerContext;
