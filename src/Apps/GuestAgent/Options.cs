using System.Globalization;
using Havm.GuestAgent.Host;

namespace Havm.GuestAgent;

/// <summary>The agent's command line.</summary>
/// <param name="Port">The port's path; null: the virtio-serial port is found by its name.</param>
/// <param name="PowerOff">The command that powers the guest off; null: the agent only ends.</param>
/// <param name="State">The file that remembers the running role across a crash of the agent.</param>
/// <param name="Metadata">Where scheduled events are answered; null: nowhere.</param>
/// <param name="BeatPeriod">Time between beats until the host configures another.</param>
internal sealed record Options(
    string? Port, string? PowerOff, string State, MetadataAddress? Metadata, TimeSpan BeatPeriod)
{
    public const string Usage = """
        havm-guest-agent [--port PATH] [--power-off PROGRAM] [--state FILE] [--metadata ADDRESS] [--beat SECONDS]
        havm-guest-agent disk-writer --device PATH [--ready-file PATH] [--period SECONDS] [--count N]
          --port PATH          a character device or unix socket; default: the virtio-serial port havm.guest.0
          --power-off PROGRAM  run after an ordered shutdown; default /sbin/poweroff, with --port nothing
          --state FILE         default /run/havm-guest-agent.role
          --metadata ADDRESS   IPV4:PORT, link-local or loopback, where programs of the guest read their scheduled
                               events; default 169.254.169.254:80, with --port nowhere
          --beat SECONDS       until the host configures another; 0.1 to 3600, default 15
        """;

    /// <summary>The options, or a sentence about what is wrong with them.</summary>
    public static (Options? Options, string? Fault) Parse(IReadOnlyList<string> words)
    {
        string? port = null, powerOff = null;
        string state = "/run/havm-guest-agent.role";
        MetadataAddress? metadata = null;
        TimeSpan beat = TimeSpan.FromSeconds(15);
        for (int i = 0; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
            {
                return (null, $"{words[i]} needs a value, or is unknown");
            }

            string value = words[i + 1];
            switch (words[i])
            {
                case "--port":
                    port = value;
                    break;
                case "--power-off":
                    powerOff = value;
                    break;
                case "--state":
                    state = value;
                    break;
                case "--metadata" when MetadataAddress.Parse(value) is { } address:
                    metadata = address;
                    break;
                case "--beat" when Seconds(value, 0.1, 3600) is { } seconds:
                    beat = seconds;
                    break;
                default:
                    return (null, $"{words[i]} {value} is not understood");
            }
        }

        // A port named by hand may well be outside a guest: there nothing is powered off, no address taken, unasked.
        return (
            new Options(
                port, powerOff ?? (port is null ? "/sbin/poweroff" : null), state,
                metadata ?? (port is null ? MetadataAddress.Usual : null), beat),
            null);
    }

    /// <summary>A time in seconds within bounds; null for anything else.</summary>
    public static TimeSpan? Seconds(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds >= least && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
