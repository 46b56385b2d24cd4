using System.Collections.Immutable;
using System.Net;
using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Control;

namespace Havm.Controller.Api;

/// <summary>
/// What is wrong with a fence method on this very machine: an address that is its own, a program that is missing. Told
/// when it is applied, because it is too late when it is needed.
/// </summary>
internal static class FenceCheck
{
    /// <summary>Parameters by which agents are told an address.</summary>
    private static readonly ImmutableArray<string> Addresses = ["ip", "ipaddr"];

    public static async Task<ImmutableArray<SpecError>> CheckAsync(
        ImmutableArray<SpecObject> objects, ControllerConfig config, FenceAgents agents, CancellationToken cancel)
    {
        var errors = ImmutableArray.CreateBuilder<SpecError>();
        foreach (var item in objects)
        {
            foreach (var (method, at) in item.Spec is NodeSpec node ? node.Methods : [])
            {
                if (config.Labels.GetValueOrDefault("lab") != "true")
                {
                    errors.AddRange(Hosts(method).Where(h => IsLocal(h.Host)).Select(h => new SpecError(
                        item.Key.ToString(), $"{at}.{h.Field}",
                        $"{h.Host} is a loopback or link-local address, which only a lab may fence by",
                        method.CutsStorage ? "write the storage's own address" : "write the BMC's own address")));
                }

                if (await agents.FaultAsync(method, cancel) is { } fault)
                {
                    errors.Add(new SpecError(item.Key.ToString(), $"{at}.{fault.Field}", fault.Reason, fault.Remedy));
                }
            }
        }

        return errors.ToImmutable();
    }

    private static IEnumerable<(string Field, string Host)> Hosts(FenceMethod method) => method.Driver switch
    {
        FenceDriver.Redfish => [("url", new Uri(method.Url!).Host)],
        FenceDriver.Ipmi => [("address", method.IpmiHost)],
        FenceDriver.FenceAgent =>
        [
            .. Told("parameters", method.Parameters),
            .. method.Outlets.SelectMany((outlet, i) => Told($"outlets[{i}]", outlet)),
        ],
    };

    private static IEnumerable<(string Field, string Host)> Told(
        string field, ImmutableSortedDictionary<string, string> parameters) =>
        parameters.Where(p => Addresses.Contains(p.Key)).Select(p => (field, p.Value));

    private static bool IsLocal(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var at)
            && (IPAddress.IsLoopback(at) || at.IsIPv6LinkLocal || at.GetAddressBytes() is [169, 254, ..]));
}
