using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Cli.Doctor;

/// <summary>
/// Whether the controller's machine reaches each node's BMC, may read its power, and meets the machine that the object
/// names; and whether it reads from storage that the node can be cut off from that it takes the node's writes. Only
/// read: nothing is ordered.
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

    private static async Task<Finding[]> LookAsync(IPowerFence fence, NodeObject node, CancellationToken cancel)
    {
        Finding[] read = await Task.WhenAll(node.Spec.Methods.Select(async each => Judge(
            node.Name, each.Method, each.Field,
            await fence.ReadAsync(new NodeName(node.Name), each.Method, cancel))));
        return node.Spec.Rungs.IsEmpty
            ? [Finding.Warn(node.Name, "has no BMC: when it fails silently, its lease's end or a person must prove it",
                "spec.bmc is missing", $"give Node/{node.Name} a bmc"), .. read]
            : read;
    }

    private static Finding Judge(string node, FenceMethod method, string field, PowerAnswer answer)
    {
        var (what, device) = method.CutsStorage ? ("its storage fence", "storage") : ("its BMC", "BMC");
        return answer.Trouble switch
        {
            FenceTrouble.None => Read(node, method, answer),
            FenceTrouble.Unreachable => Finding.Fail(
                node, $"{what} does not answer", answer.Message, $"check address, cable and firewall of the {device}"),
            FenceTrouble.Untrusted => Finding.Fail(
                node, $"{what}'s certificate is not trusted", answer.Message, $"set {field}.caFile to its authority"),
            FenceTrouble.Unauthorized => Finding.Fail(
                node, $"{what} does not let Havm in", answer.Message,
                "put user:password into the credentials file, with mode 600"),
            FenceTrouble.WrongMachine => Finding.Fail(
                node, $"{what} belongs to another machine", answer.Message,
                "correct address or uuid: with these Havm would judge the wrong machine"),
            FenceTrouble.Refused => Finding.Fail(
                node, $"{what} answers what it should not", answer.Message,
                $"check systemId, or the agent's parameters, and the {device}'s firmware"),
            FenceTrouble.Unusable => Finding.Fail(
                node, $"what speaks to {what} cannot be used here", answer.Message,
                $"install the package ipmitool or fence-agents, or correct {field}"),
        };
    }

    private static Finding Read(string node, FenceMethod method, PowerAnswer answer) =>
        (answer.State, method.CutsStorage) switch
        {
            (PowerState.Unknown, false) => Finding.Fail(
                node, "its BMC states no power", answer.Message, "look at the BMC's own page, and update its firmware"),
            (PowerState.On or PowerState.Off, false) => Finding.Ok(
                node, "power and identity are read", $"power {Word.Of(answer.State)}"),
            (PowerState.Unknown, true) => Finding.Fail(
                node, "its storage fence does not state whether its writes are taken", answer.Message,
                "run the agent's action status by hand, and correct its parameters"),
            (PowerState.On, true) => Finding.Ok(node, "the storage takes its writes", Names(method)),
            (PowerState.Off, true) => Finding.Warn(
                node, "the storage refuses its writes", Names(method),
                "let the node register itself with it; if it was fenced, reboot it first"),
        };

    private static string Names(FenceMethod method) => $"datastores {string.Join(", ", method.Datastores)}";
}
