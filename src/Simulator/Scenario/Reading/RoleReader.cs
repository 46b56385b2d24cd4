using Havm.Model;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads which guest agent a VM has, and the program that Havm's supervises.</summary>
internal static class RoleReader
{
    public static GuestApplication? Read(MapReader vm)
    {
        if (vm.Take("role") is not { } node)
        {
            return null;
        }

        var role = new MapReader(node, vm.At.Field("role"));
        var usual = new RoleRestart();
        var read = new GuestApplication
        {
            Command = ["/srv/role", .. Notices(role)],
            Restart = usual with
            {
                Limit = role.Whole("limit", usual.Limit, 0, 1000),
                StableAfter = role.Time("stable-after") ?? usual.StableAfter,
            },
            Probe = Probe(role),
        };
        role.Close();
        return read;
    }

    /// <summary>Only Havm's own supervises a program.</summary>
    public static GuestAgentKind Agent(MapReader vm)
    {
        var agent = vm.Word("guest-agent", "havm", "havm", "qemu", "none") switch
        {
            "qemu" => GuestAgentKind.Qemu,
            "none" => GuestAgentKind.None,
            _ => GuestAgentKind.Havm,
        };
        if (agent != GuestAgentKind.Havm && vm.Take("role") is { } role)
        {
            vm.At.Field("role").Refuse(role.Place, "is for Havm's guest agent alone", "leave one of them out");
        }

        return agent;
    }

    private static string[] Notices(MapReader role) =>
        role.Word("notices", "ignore", "ignore", "read", "approve", "power-off") switch
        {
            "read" => [SimulatedProgram.ReadsNotices],
            "approve" => [SimulatedProgram.ApprovesNotices],
            "power-off" => [SimulatedProgram.PowersOffOnNotice],
            _ => [],
        };

    private static ProbeSpec Probe(MapReader role)
    {
        if (role.Take("probe") is not { } node)
        {
            return new ProbeSpec();
        }

        var probe = new MapReader(node, role.At.Field("probe"));
        var usual = new ProbeSpec();
        var read = usual with
        {
            Kind = ProbeKind.Command,
            Command = ["/srv/probe"],
            Period = probe.Time("every") ?? usual.Period,
            Misses = probe.Whole("misses", usual.Misses, 1, 100),
        };
        probe.Close();
        return read;
    }
}
