using System.Globalization;

namespace Havm.Network;

/// <summary>The interfaces of this thread's network namespace, with the bytes each has received.</summary>
internal static class InterfaceTable
{
    /// <summary>Names and received bytes; on a tap, what its guest sent.</summary>
    public static IReadOnlyDictionary<string, long> Read() => Parse(File.ReadLines("/proc/thread-self/net/dev"));

    /// <summary>Reads /proc/net/dev: two lines of heading, then "name: bytes packets ...".</summary>
    public static IReadOnlyDictionary<string, long> Parse(IEnumerable<string> lines)
    {
        var found = new Dictionary<string, long>();
        foreach (string line in lines.Skip(2))
        {
            int colon = line.LastIndexOf(':');
            string[] numbers = colon < 0 ? [] : line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length > 0
                && long.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
            {
                found[line[..colon].Trim()] = bytes;
            }
        }

        return found;
    }
}
