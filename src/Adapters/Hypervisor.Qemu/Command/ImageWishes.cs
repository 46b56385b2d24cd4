using Havm.Model;

namespace Havm.Hypervisor.Qemu.Command;

/// <summary>Devices an image asks for by words among its kernel arguments; the guest sees the words too.</summary>
internal static class ImageWishes
{
    /// <summary><c>havm.lab=1</c>: the lab's own virtio-serial port.</summary>
    public static bool WantsLabPort(BootSource boot) => Has(boot, "havm.lab=1");

    private static bool Has(BootSource boot, string word) => boot.Arguments.Split(' ').Contains(word);
}
