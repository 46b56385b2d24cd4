using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Fencing;

/// <summary>Power over simulated BMCs, found by where their method reaches them.</summary>
/// <param name="find">The BMC at a place; null when nothing answers there.</param>
/// <param name="time">The world's clock, on which an unanswered call takes its time.</param>
public sealed class SimulatedPowerFence(Func<string, SimulatedBmc?> find, TimeProvider time) : IPowerFence
{
    /// <summary>How long an unanswered call takes.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        CallAsync(node, method, static found => PowerAnswer.Of(found.Stated), cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, PowerState.Off, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, PowerState.On, cancel);

    private Task<PowerAnswer> OrderAsync(
        NodeName node, FenceMethod method, PowerState wanted, CancellationToken cancel) => CallAsync(
        node,
        method,
        found =>
        {
            PowerState before = found.Stated;
            if (before != wanted)
            {
                found.Obey(wanted);
            }

            return PowerAnswer.Of(before);
        },
        cancel);

    private async Task<PowerAnswer> CallAsync(
        NodeName node, FenceMethod method, Func<SimulatedBmc, PowerAnswer> act, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (find(method.Place) is not { Answers: true } found)
        {
            await Task.Delay(Deadline, time, cancel).ConfigureAwait(false);
            return Trouble(FenceTrouble.Unreachable, "no answer; check its power and the management network");
        }

        if (method.CaFile != found.Authority)
        {
            return Trouble(FenceTrouble.Untrusted, "its certificate is not trusted; check the caFile of this method");
        }

        if (method.CredentialsFile != found.Credentials)
        {
            return Trouble(FenceTrouble.Unauthorized, "it refuses the user or the password");
        }

        return string.Equals(method.Uuid, found.Uuid, StringComparison.OrdinalIgnoreCase)
            ? act(found)
            : Trouble(FenceTrouble.WrongMachine, $"it belongs to a system with UUID {found.Uuid}; nothing was ordered");

        PowerAnswer Trouble(FenceTrouble trouble, string message) =>
            new(PowerState.Unknown, trouble, $"BMC of {node} at {method.Place}: {message}");
    }
}
