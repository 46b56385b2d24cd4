using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>
/// Says a plan in HAProxy's words. What a running process cannot change makes its shape; members are no part of it:
/// they are put into slots, and changed there over the runtime socket.
/// </summary>
internal static class Configuration
{
    public const string Backend = "members";

    private const string ShapeMark = "# shape ";

    /// <summary>Tells processes apart that a member's change cannot turn into one another.</summary>
    public static string ShapeOf(BalancerPlan plan, int slots) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"2\n{Frame(plan, "", "")}\n{slots}")))[..16];

    /// <summary>The shape that a configuration was written with; empty when it is not one of ours.</summary>
    public static string ShapeIn(string text) =>
        text.StartsWith(ShapeMark, StringComparison.Ordinal) ? text[ShapeMark.Length..].Split('\n', 2)[0] : "";

    /// <summary>The slots that it was written with.</summary>
    public static int SlotsIn(string text) => text.Split('\n').Count(line => line.StartsWith("    server s"));

    /// <summary>
    /// A member is written as in rotation where its guest says that it is well: the probes know better soon.
    /// </summary>
    public static string Write(BalancerPlan plan, int slots, string socket, bool ownUser)
    {
        var text = new StringBuilder();
        text.Append(ShapeMark).Append(ShapeOf(plan, slots)).Append('\n');
        text.Append("# Written by Havm for LoadBalancer/").Append(plan.Name).Append("; changes are lost.\n");
        text.Append(Frame(plan, socket, ownUser ? "    user haproxy\n    group haproxy\n" : ""));
        var members = plan.Members.Where(m => m.Wish is MemberWish.In or MemberWish.Drain).Take(slots).ToList();
        for (var slot = 0; slot < slots; slot++)
        {
            var address = slot < members.Count ? members[slot].Address : "0.0.0.0";
            var state = slot < members.Count && members[slot].Wish == MemberWish.In ? "" : " disabled";
            text.Append(CultureInfo.InvariantCulture,
                $"    server s{slot + 1} {address}:{plan.Spec.Port} check{state}\n");
        }

        return text.ToString();
    }

    private static string Frame(BalancerPlan plan, string socket, string user)
    {
        var (spec, probe) = (plan.Spec, plan.Spec.Probe);
        var mode = spec.Mode == BalancerMode.Http ? "http" : "tcp";
        var check = spec.Mode == BalancerMode.Http
            ? $"""
                  option httpchk
                  http-check send meth GET uri {probe.Path} ver HTTP/1.1 hdr Host {spec.Service}-{spec.Role}
                  http-check expect status 200-399
                  option forwardfor

              """
            : "    option tcp-check\n";

        // Who is down is asked often: it is to come back soon, and bears no load.
        var down = probe.Every < TimeSpan.FromSeconds(2) ? probe.Every : TimeSpan.FromSeconds(2);
        return $"""
            global
                stats socket {socket} mode 600 level admin expose-fd listeners
                stats timeout 1m
                hard-stop-after {Milliseconds(spec.Drain + TimeSpan.FromSeconds(10))}
            {user}defaults
                mode {mode}
                timeout connect 2s
                timeout client 1m
                timeout server 1m
                timeout queue 10s
                timeout http-request 10s
                timeout tunnel 1h
                timeout check {Milliseconds(probe.Timeout)}
            frontend people
                bind {spec.Address}:{spec.Listen}
                default_backend {Backend}
            backend {Backend}
                balance roundrobin
                retries 3
                option redispatch 1
            {check}    default-server inter {Milliseconds(probe.Every)} downinter {Milliseconds(down)} {Counts(probe)}

            """;
    }

    private static string Counts(BalancerProbe probe) =>
        string.Create(CultureInfo.InvariantCulture, $"rise {probe.Successes} fall {probe.Misses}");

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMilliseconds):0}ms");
}
