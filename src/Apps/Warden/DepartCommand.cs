using System.Globalization;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Wire.Node;

namespace Havm.Warden;

/// <summary>
/// `havm-warden depart`: tells the controller, through the warden that runs, that this node is about to be shut down or
/// rebooted, and waits until it may go: by policy at once, or when what runs here has moved away. For a shutdown hook,
/// and for people.
/// </summary>
public sealed record DepartCommand
{
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(10);

    private DepartCommand(string config, DepartureNotice? notice, TimeSpan patience)
    {
        Config = config;
        Notice = notice;
        Patience = patience;
    }

    /// <summary>The node's configuration, the same as the warden's.</summary>
    public string Config { get; }

    /// <summary>What is announced; null takes back what was.</summary>
    public DepartureNotice? Notice { get; }

    /// <summary>
    /// Longest wait until the controller lets the node go; 1 s to 10 min, 10 min unless given. Where no controller
    /// answers at all, the warden says so after 15 s.
    /// </summary>
    public TimeSpan Patience { get; }

    /// <summary>Null when the words are not this command's.</summary>
    public static DepartCommand? Read(ReadOnlySpan<string> words)
    {
        string? config = null;
        bool reboot = false;
        bool cancel = false;
        var patience = LongestPatience;
        for (var at = 0; at < words.Length; at++)
        {
            switch (words[at])
            {
                case "--config" when at + 1 < words.Length:
                    config = words[++at];
                    break;
                case "--reboot":
                    reboot = true;
                    break;
                case "--cancel":
                    cancel = true;
                    break;
                case "--timeout" when at + 1 < words.Length && Seconds(words[at + 1]) is { } seconds:
                    patience = seconds;
                    at++;
                    break;
                default:
                    return null;
            }
        }

        return config is null || (reboot && cancel)
            ? null
            : new DepartCommand(config, cancel ? null : new DepartureNotice(reboot), patience);
    }

    /// <summary>Exit code 0: a controller knows; 1: none does, and why.</summary>
    public async Task<int> RunAsync(CheckedConfig config, CancellationToken cancel)
    {
        try
        {
            var answer = await new GateClient(config.GateSocket, Patience).AskAsync(
                new GateRequest { Verb = GateVerb.Depart, Departure = Notice }, cancel);
            if (answer.Granted)
            {
                Console.WriteLine($"havm-warden: {answer.Reason?.Message}");
                return 0;
            }

            Console.Error.WriteLine($"havm-warden: {answer.Reason?.Message}");
        }
        catch (GateSilentException e)
        {
            Console.Error.WriteLine($"havm-warden: no controller has let this node go: {e.Message}{Remains}");
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"havm-warden: interrupted before a controller has let this node go{Remains}");
        }

        return 1;
    }

    private string Remains => Notice is null
        ? "; a warden that runs takes it back with every beat"
        : "; a warden that runs goes on telling it with every beat, `havm-warden depart --cancel` takes it back";

    private static TimeSpan? Seconds(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
        && seconds >= 1 && TimeSpan.FromSeconds(seconds) <= LongestPatience
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
