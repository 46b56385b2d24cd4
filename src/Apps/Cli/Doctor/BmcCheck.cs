using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Cli.Doctor;

/// <summary>
/// Whether the controller's machine reaches each node's BMC, may read its power, and meets the machine that the object
/// names. Only read: nothing is ordered.
/// </summary>
internal sealed class BmcCheck : ICheck
{
    public string Name => "bmc";

    public async Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        if (site.Controller is null)
        {
            return [];
        }

        if (site.Nodes is not { } nodes)
        {
            return [Finding.Skip("", "no Node object is known: the controller does not run",
                "name the file with your objects: --file FILE")];
        }

        var found = await Task.WhenAll(nodes.Select(node => LookAsync(site.PowerFence, node, cancel)));
        return [.. found.SelectMany(each => each)];
    }

    private static async Task<Finding[]> LookAsync(IPowerFence fence, NodeObject node, CancellationToken cancel) =>
        node.Spec.Rungs.IsEmpty
            ? [Finding.Warn(node.Name, "has no BMC: when it fails silently, its lease's end or a person must prove it",
                "spec.bmc is missing", $"give Node/{node.Name} a bmc")]
            : await Task.WhenAll(node.Spec.Rungs.Select(async method => Judge(
                node.Name, await fence.ReadAsync(new NodeName(node.Name), method, cancel))));

    public static Finding Judge(string node, PowerAnswer answer) => answer.Trouble switch
    {
        FenceTrouble.None when answer.State == PowerState.Unknown => Finding.Fail(
            node, "its BMC states no power", answer.Message, "look at the BMC's own page, and update its firmware"),
        FenceTrouble.None => Finding.Ok(node, "power and identity are read", $"power {answer.State.ToString().ToLower(
            System.Globalization.CultureInfo.InvariantCulture)}"),
        FenceTrouble.Unreachable => Finding.Fail(
            node, "its BMC does not answer", answer.Message, "check address, cable and firewall of the BMC"),
        FenceTrouble.Untrusted => Finding.Fail(
            node, "its BMC's certificate is not trusted", answer.Message, "set spec.bmc.caFile to its authority"),
        FenceTrouble.Unauthorized => Finding.Fail(
            node, "its BMC does not let Havm in", answer.Message,
            "put user:password into the credentials file, with mode 600"),
        FenceTrouble.WrongMachine => Finding.Fail(
            node, "its BMC belongs to another machine", answer.Message,
            "correct address or uuid: with these Havm would judge the wrong machine"),
        FenceTrouble.Refused => Finding.Fail(
            node, "its BMC answers what it should not", answer.Message,
            "check systemId, or the agent's parameters, and the BMC's firmware"),
        FenceTrouble.Unusable => Finding.Fail(
            node, "what speaks to its BMC cannot be used here", answer.Message,
            "install the package ipmitool or fence-agents, or correct spec.bmc"),
    };
}
