using System.Text.RegularExpressions;
using Havm.Runtime.Processes;

namespace Havm.Cli.Doctor;

/// <summary>Whether the programs that Havm runs are installed, and new enough.</summary>
internal sealed partial class ProgramCheck : ICheck
{
    /// <summary>The oldest QEMU that Havm is run with, Debian 12's.</summary>
    private static readonly Version OldestQemu = new(7, 2);

    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(10);

    public string Name => "program";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        List<Finding> all = [];
        if (site.Node is { } node)
        {
            all.Add(Qemu(await RunAsync("qemu-system-x86_64", "--version", cancel)));
            all.Add(There("qemu-img", "qemu-utils", await RunAsync("qemu-img", "--version", cancel)));
            if (node.Config.Bridge is not null)
            {
                all.Add(There("ip", "iproute2", await RunAsync("ip", "-V", cancel)));
            }

            if (node.Cgroups.AreSystemdUnits)
            {
                all.Add(There("systemd-run", "systemd", await RunAsync("systemd-run", "--version", cancel)));
            }
        }

        if (site.Controller is not null)
        {
            all.Add(Ipmi(site, await RunAsync("ipmitool", "-V", cancel)));
            all.Add(Balancer(await RunAsync("haproxy", "-v", cancel)));
        }

        return all;
    }

    public static Finding Qemu(ShortCommandResult version)
    {
        string line = FirstLine(version.Output);
        return !version.Succeeded
            ? Finding.Fail("qemu", "it does not run", version.Error, "apt-get install qemu-system-x86")
            : !Version.TryParse(Number().Match(line).Value, out Version? found)
                ? Finding.Warn("qemu", "it does not tell its version", line, "use the distribution's QEMU")
                : found < OldestQemu
                    ? Finding.Warn("qemu", $"it is older than {OldestQemu}, with which Havm is run", line,
                        $"install QEMU {OldestQemu} or newer")
                    : Finding.Ok("qemu", "it is new enough", line);
    }

    public static Finding There(string program, string package, ShortCommandResult version) => version.Succeeded
        ? Finding.Ok(program, "it is installed", FirstLine(version.Output))
        : Finding.Fail(program, "it does not run", version.Error, $"apt-get install {package}");

    /// <summary>Needed only by BMCs that speak IPMI alone.</summary>
    private static Finding Ipmi(Site site, ShortCommandResult version) => version.Succeeded
        ? Finding.Ok("ipmitool", "it is installed", FirstLine(version.Output))
        : Finding.Skip("ipmitool", "it is not installed; only BMCs that speak no Redfish need it",
            "apt-get install ipmitool, where a BMC speaks IPMI alone");

    /// <summary>Needed only where a LoadBalancer is applied.</summary>
    private static Finding Balancer(ShortCommandResult version) => version.Succeeded
        ? Finding.Ok("haproxy", "it is installed", FirstLine(version.Output))
        : Finding.Skip("haproxy", "it is not installed; only LoadBalancer objects need it",
            "apt-get install haproxy, where a load balancer is wanted");

    private static Task<ShortCommandResult> RunAsync(string program, string argument, CancellationToken cancel) =>
        ShortCommand.RunAsync(program, [argument], "", ToolLimit, cancel);

    private static string FirstLine(string output) => output.Split('\n')[0].Trim();

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex Number();
}
