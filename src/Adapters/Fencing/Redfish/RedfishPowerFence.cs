using System.Collections.Concurrent;
using System.Text.Json;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>
/// Power over Redfish (DSP0266): a ComputerSystem's PowerState is read, and ComputerSystem.Reset is ordered with
/// ForceOff or On, never a restart: only a state that stays can be verified. It reports what a BMC says and concludes
/// nothing; what an Off proves is decided in Core. Connections stay open between calls.
/// </summary>
public sealed class RedfishPowerFence(FencingSettings? settings = null) : IPowerFence, IDisposable
{
    private readonly FencingSettings _settings = settings ?? new FencingSettings();
    private readonly ConcurrentDictionary<FenceMethod, BmcConnection> _connections = new();

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        WithSystemAsync(node, method, static (_, system) => Task.FromResult(PowerAnswer.Of(system.Power)), cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "ForceOff", PowerState.Off, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "On", PowerState.On, cancel);

    public void Dispose()
    {
        foreach (BmcConnection connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private Task<PowerAnswer> OrderAsync(
        NodeName node, FenceMethod method, string resetType, PowerState wanted, CancellationToken cancel) =>
        WithSystemAsync(
            node,
            method,
            async (connection, system) =>
            {
                if (system.Power == wanted)
                {
                    return PowerAnswer.Of(wanted);
                }

                BmcReply reply = await connection
                    .ResetAsync(system.ResetTarget, resetType, _settings.OrderDeadline, cancel).ConfigureAwait(false);

                // Accepted or not: the state before the order is the last one that was stated.
                return (Judge(node, method, reply) ?? PowerAnswer.Of(system.Power)) with { State = system.Power };
            },
            cancel);

    /// <summary>Reads the system first, every time: no order goes to a machine whose UUID was not just seen.</summary>
    private async Task<PowerAnswer> WithSystemAsync(
        NodeName node,
        FenceMethod method,
        Func<BmcConnection, ComputerSystem, Task<PowerAnswer>> act,
        CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!Uri.TryCreate(method.Url, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttps)
        {
            return Trouble(
                FenceTrouble.Refused, node, method,
                "the URL is not an https URL; correct the url of this method in its Node object");
        }

        BmcConnection connection = _connections.GetOrAdd(method, spec => new BmcConnection(spec, url, _settings));
        BmcReply reply = await connection.ReadSystemAsync(_settings.ReadDeadline, cancel).ConfigureAwait(false);
        if (Judge(node, method, reply) is { } trouble)
        {
            return trouble;
        }

        ComputerSystem? system;
        try
        {
            system = ComputerSystem.Parse(reply.Body, method.SystemId ?? "");
        }
        catch (JsonException error)
        {
            return Trouble(FenceTrouble.Refused, node, method, $"its answer is not Redfish ({error.Message})");
        }

        if (system.Uuid is null || !string.Equals(system.Uuid, method.Uuid, StringComparison.OrdinalIgnoreCase))
        {
            return Trouble(
                FenceTrouble.WrongMachine,
                node,
                method,
                $"it belongs to a system with UUID {system.Uuid ?? "(none)"}, not {method.Uuid}; nothing was ordered; "
                + "check the cabling and this method in its Node object");
        }

        return await act(connection, system).ConfigureAwait(false);
    }

    /// <summary>What is wrong with a reply; null when it is a success.</summary>
    private static PowerAnswer? Judge(NodeName node, FenceMethod method, BmcReply reply) => reply switch
    {
        { Trouble: not FenceTrouble.None } => Trouble(reply.Trouble, node, method, reply.Message),
        { Status: 401 or 403 } => Trouble(
            FenceTrouble.Unauthorized,
            node,
            method,
            $"it refuses the user or the password (HTTP {reply.Status}); correct {method.CredentialsFile}"),
        { Status: >= 200 and < 300 } => null,
        _ => Trouble(
            FenceTrouble.Refused, node, method, $"it answered HTTP {reply.Status}{RedfishError.Words(reply.Body)}"),
    };

    private static PowerAnswer Trouble(FenceTrouble trouble, NodeName node, FenceMethod method, string message) =>
        new(PowerState.Unknown, trouble, $"BMC of {node} at {method.Url}: {message}");
}
