using System.Globalization;
using System.Net.Sockets;
using Havm.Datastore;
using Havm.Runtime.Node;

namespace Havm.Cli.Doctor;

/// <summary>
/// Whether the node's watchdog can be had. Opening one arms it, so that without permission only what the kernel tells
/// beside the device is read.
/// </summary>
internal sealed class WatchdogCheck : ICheck
{
    private const string Warden = "havm-warden";

    public string Name => "watchdog";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Finding>>(site.Node is { } node ? Look(site, node.Config.Watchdog) : []);

    private static IReadOnlyList<Finding> Look(Site site, WatchdogConfig? watchdog)
    {
        if (watchdog is null)
        {
            return [Finding.Warn("", "the node has none: the end of its lease proves nothing", "",
                "name its device: \"watchdog\": {\"path\": \"/dev/watchdog\", \"timeoutSeconds\": 5}")];
        }

        string path = site.Root + watchdog.Path;
        if (!File.Exists(path))
        {
            return [Finding.Fail("", "is not there", watchdog.Path,
                "load the module of the board's watchdog (iTCO_wdt, sp5100_tco, ipmi_watchdog)")];
        }

        if (!DeviceFile.IsCharacter(path))
        {
            return [Socket(path)];
        }

        Finding told = Judge(Facts(site, watchdog));
        return told.Verdict == Verdict.Fail || !site.MayArmWatchdog || told.Reason == Held
            ? [told]
            : [told, Arm(path, watchdog)];
    }

    private const string Held = "the warden holds and feeds it";

    /// <param name="facts">Null: the kernel knows no watchdog by this device's name.</param>
    public static Finding Judge(WatchdogFacts? facts) => facts is null
        ? Finding.Warn("", "the kernel does not tell whether this device is a watchdog", "",
            "try it where a reset does no harm: --arm-watchdog")
        : JudgeKnown(facts);

    private static Finding JudgeKnown(WatchdogFacts facts)
    {
        string evidence = string.Join(", ", new[]
        {
            facts.Identity, facts.Timeout is { } now ? $"{now} s now" : "",
            facts.Longest is { } longest and > 0 ? $"{facts.Shortest ?? 1} to {longest} s" : "",
            facts.Holders.Count > 0 ? $"held by {string.Join(", ", facts.Holders)}" : "",
        }.Where(part => part.Length > 0));
        return facts.Holders.Any(name => name != Warden)
            ? Finding.Fail("", "something else holds it", evidence,
                "stop it: RuntimeWatchdogSec=off in /etc/systemd/system.conf, or systemctl disable --now watchdog")
            : facts.Shortest > facts.Wanted
                ? Finding.Fail("", $"it takes no time as short as {facts.Wanted} s", evidence,
                    "use another watchdog, or raise lease.watchdog everywhere")
                : facts.Holders.Count > 0
                    ? Finding.Ok("", Held, evidence)
                    : facts.Identity.Contains("Software", StringComparison.OrdinalIgnoreCase)
                        ? Finding.Warn("", "it is the kernel's own timer, which hangs with the kernel: no proof",
                            evidence, "load the module of the board's watchdog (iTCO_wdt, sp5100_tco, ipmi_watchdog)")
                        : Finding.Ok("", "the device is there, and free", evidence);
    }

    private static WatchdogFacts? Facts(Site site, WatchdogConfig watchdog)
    {
        string device = Path.GetFileName(watchdog.Path);
        string below = $"/sys/class/watchdog/{(device == "watchdog" ? "watchdog0" : device)}";
        if (!Directory.Exists(site.Root + below))
        {
            return null;
        }

        int? Number(string name) =>
            int.TryParse(site.Read($"{below}/{name}"), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                ? value
                : null;
        return new WatchdogFacts(
            site.Read($"{below}/identity") ?? "", watchdog.TimeoutSeconds, Number("timeout"),
            Number("min_timeout"), Number("max_timeout"), Holders(site, watchdog.Path));
    }

    private static List<string> Holders(Site site, string path)
    {
        List<string> names = [];
        foreach (string process in Directory.GetDirectories($"{site.Root}/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out int pid) || pid == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                if (Directory.GetFiles($"{process}/fd").Any(fd => File.ResolveLinkTarget(fd, false)?.FullName == path))
                {
                    names.Add(site.Read($"/proc/{pid}/comm") ?? $"process {pid}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours to look into.
            }
        }

        return names;
    }

    /// <summary>Arms it as the warden does, feeds it once and disarms it.</summary>
    private static Finding Arm(string path, WatchdogConfig watchdog)
    {
        try
        {
            DeviceWatchdog device = DeviceWatchdog.Open(path, TimeSpan.FromSeconds(watchdog.TimeoutSeconds));
            device.Feed();
            device.Disarm();
            return Finding.Ok("armed", $"it took {watchdog.TimeoutSeconds} s, was fed once, and was disarmed");
        }
        catch (IOException e)
        {
            return Finding.Fail("armed", "it cannot be armed as configured", e.Message,
                "use a watchdog that takes the configured time");
        }
    }

    private static Finding Socket(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return Finding.Ok("", "a watchdog behind a socket listens", path);
        }
        catch (SocketException e)
        {
            return Finding.Fail("", "nobody listens at its socket", $"{path}: {e.Message}", "start what plays it");
        }
    }
}

/// <summary>What the kernel tells beside the device. Times in whole seconds; null where it does not tell.</summary>
internal sealed record WatchdogFacts(
    string Identity, int Wanted, int? Timeout, int? Shortest, int? Longest, IReadOnlyList<string> Holders);
