using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>
/// Power over IPMI 2.0: chassis status is read, and chassis control is ordered with down or up, never a cycle or reset.
/// With a UUID in the method the BMC's system GUID is compared in the same session in which power is read, and no order
/// follows where it differs or is not told.
/// </summary>
public sealed class IpmiPowerFence(FencingSettings? settings = null) : IPowerFence
{
    private readonly FencingSettings _settings = settings ?? new FencingSettings();

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        AskAsync(node, method, cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "off", PowerState.Off, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "on", PowerState.On, cancel);

    private async Task<PowerAnswer> OrderAsync(
        NodeName node, FenceMethod method, string order, PowerState wanted, CancellationToken cancel)
    {
        PowerAnswer before = await AskAsync(node, method, cancel).ConfigureAwait(false);
        if (before.Trouble != FenceTrouble.None || before.State == wanted)
        {
            return before;
        }

        IpmiWord word = await IpmiSession.OrderAsync(method, _settings, order, cancel).ConfigureAwait(false);

        // Accepted or not: the state before the order is the last one that was stated.
        return word.Trouble == FenceTrouble.None
            ? before
            : Trouble(word.Trouble, node, method, word.Message) with { State = before.State };
    }

    private async Task<PowerAnswer> AskAsync(NodeName node, FenceMethod method, CancellationToken cancel)
    {
        IpmiWord word = await IpmiSession.AskAsync(method, _settings, method.ReadWithin, cancel).ConfigureAwait(false);
        return word switch
        {
            { Trouble: not FenceTrouble.None } => Trouble(word.Trouble, node, method, word.Message),
            { Guid.IsEmpty: true, Power: not PowerState.Unknown } when method.Uuid is not null => Trouble(
                FenceTrouble.WrongMachine,
                node,
                method,
                $"it does not tell its system GUID, so it cannot be known for {method.Uuid}; nothing was ordered; "
                + "remove uuid if you know that it is this machine's"),
            { Guid.IsEmpty: false } when method.Uuid is { } uuid && !IpmiGuid.Is(word.Guid, uuid) => Trouble(
                FenceTrouble.WrongMachine,
                node,
                method,
                $"it belongs to a system with UUID {IpmiGuid.Text(word.Guid)}, not {uuid}; nothing was ordered; "
                + "check the cabling and the method's address"),
            { Power: PowerState.Unknown } => Trouble(
                FenceTrouble.Refused, node, method, $"it does not state its power ({word.Message})"),
            _ => PowerAnswer.Of(word.Power),
        };
    }

    private static PowerAnswer Trouble(FenceTrouble trouble, NodeName node, FenceMethod method, string message) =>
        new(PowerState.Unknown, trouble, $"BMC of {node} at {method.Place}: {message}");
}
