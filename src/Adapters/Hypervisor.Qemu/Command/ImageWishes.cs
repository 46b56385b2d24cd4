using Havm.Model;

namespace Havm.Hypervisor.Qemu.Command;

/// <summary>Devices an image asks for by words among its kernel arguments; the guest sees the words too.</summary>
internal static class ImageWishes
{
    /// <summary><c>havm.lab=1</c>: the lab's own virtio-serial port.</summary>
    public static bool WantsLabPort(BootSource boot) => Has(boot, "havm.lab=1");

    /// <summary>
    /// <c>console=tty0</c> or its like: a display, for a kernel that writes on it; incidents keep a picture of it.
    /// </summary>
    public static bool WantsScreen(BootSource boot) => boot.Arguments.Split(' ').Any(word =>
        word.StartsWith("console=tty", StringComparison.Ordinal) && word.Length > 11 && char.IsAsciiDigit(word[11]));

    private static bool Has(BootSource boot, string word) => boot.Arguments.Split(' ').Contains(word);
}
