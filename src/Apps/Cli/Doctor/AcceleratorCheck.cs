using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Accelerator;

namespace Havm.Cli.Doctor;

/// <summary>Whether guests really run: a probe guest is booted, because a /dev/kvm that opens proves nothing.</summary>
internal sealed class AcceleratorCheck(string qemuProgram = "qemu-system-x86_64") : ICheck
{
    public string Name => "accelerator";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Node is not { } node)
        {
            return [];
        }

        string sector = Path.Join(Path.GetTempPath(), $"havm-doctor-{Guid.NewGuid():N}.boot");
        AcceleratorTrial trial = await AcceleratorProbe.TryAsync(qemuProgram, sector, cancel);
        return [Judge(trial, node.Config.Accelerator, qemuProgram)];
    }

    public static Finding Judge(AcceleratorTrial trial, string configured, string qemuProgram) => trial.Found switch
    {
        AcceleratorKind.Kvm when configured == "tcg" => Finding.Warn(
            "", "the configuration says tcg, and KVM works", "a probe guest ran under KVM",
            "take the field accelerator out of the configuration"),
        AcceleratorKind.Kvm => Finding.Ok("", "guests run under KVM", "a probe guest ran"),
        AcceleratorKind.Tcg when configured == "kvm" => Finding.Fail(
            "", "the configuration says kvm, and no guest runs under it", trial.KvmTrouble,
            "switch virtualization on in the firmware and load the module kvm_intel or kvm_amd"),
        AcceleratorKind.Tcg when configured == "tcg" => Finding.Ok("", "guests are translated, as configured"),
        AcceleratorKind.Tcg => Finding.Warn(
            "", "guests are translated, ten times slower", $"KVM: {trial.KvmTrouble}",
            "switch virtualization on in the firmware and load the module kvm_intel or kvm_amd"),
        null => Finding.Fail(
            "", "no guest runs", $"KVM: {trial.KvmTrouble}; translated: {trial.TcgTrouble}",
            $"install {qemuProgram} with its firmware (package qemu-system-x86)"),
    };
}
