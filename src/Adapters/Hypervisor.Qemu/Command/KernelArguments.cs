using Havm.Model;

namespace Havm.Hypervisor.Qemu.Command;

/// <summary>What a guest's kernel is told: the image's own words, and who and where it is.</summary>
internal static class KernelArguments
{
    public static string Of(MachineDefinition machine, Generation generation)
    {
        List<string> words = [.. machine.Boot.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        if (!words.Exists(word => word.StartsWith("console=", StringComparison.Ordinal)))
        {
            words.Add("console=ttyS0");
        }

        words.Add($"havm.instance={machine.Instance}");
        words.Add($"havm.generation={generation}");
        if (machine.Nics is [var first, ..])
        {
            words.Add($"havm.ip={first.Address}");
            if (first.Gateway is not null)
            {
                words.Add($"havm.gw={first.Gateway}");
            }
        }

        return string.Join(' ', words);
    }
}
