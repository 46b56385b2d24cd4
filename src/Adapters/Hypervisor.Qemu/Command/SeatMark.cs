using System.Globalization;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Command;

/// <summary>
/// The seat as it stands on a process' own command line: evidence that no file can contradict, because seat.json may
/// already speak of the next start. The guest can read it too, as firmware configuration <c>opt/havm/seat</c>.
/// </summary>
internal static class SeatMark
{
    private const string Prefix = "name=opt/havm/seat,string=";

    public static string Of(InstanceName instance, Generation generation) => $"{Prefix}{instance}/{generation}";

    /// <summary>Reads it back from a command line; null when there is none.</summary>
    public static (InstanceName Instance, Generation Generation)? Find(IEnumerable<string> command)
    {
        string? mark = command.FirstOrDefault(argument => argument.StartsWith(Prefix, StringComparison.Ordinal));
        return mark?[Prefix.Length..].Split('/') is [var instance, var number]
            && NameRules.IsLegal(instance)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long generation)
            ? (new InstanceName(instance), new Generation(generation))
            : null;
    }
}
