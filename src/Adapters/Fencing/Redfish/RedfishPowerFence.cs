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

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        WithSystemAsync(node, bmc, static (_, system) => Task.FromResult(PowerAnswer.Of(system.Power)), cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        OrderAsync(node, bmc, "ForceOff", PowerState.Off, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod bmc, CancellationToken cancel) =>
        OrderAsync(node, bmc, "On", PowerState.On, cancel);

    public void Dispose()
    {
        foreach (BmcConnection connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private Task<PowerAnswer> OrderAsync(
        NodeName node, FenceMethod bmc, string resetType, PowerState wanted, CancellationToken cancel) =>
        WithSystemAsync(
            node,
            bmc,
            async (connection, system) =>
            {
                if (system.Power == wanted)
                {
                    return PowerAnswer.Of(wanted);
                }

                BmcReply reply = await connection
                    .ResetAsync(system.ResetTarget, resetType, _settings.OrderDeadline, cancel).ConfigureAwait(false);

                // Accepted or not: the state before the order is the last one that was stated.
                return (Judge(node, bmc, reply) ?? PowerAnswer.Of(system.Power)) with { State = system.Power };
            },
            cancel);

    /// <summary>Reads the system first, every time: no order goes to a machine whose UUID was not just seen.</summary>
    private async Task<PowerAnswer> WithSystemAsync(
        NodeName node,
        FenceMethod bmc,
        Func<BmcConnection, ComputerSystem, Task<PowerAnswer>> act,
        CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!Uri.TryCreate(bmc.Url, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttps)
        {
            return Trouble(FenceTrouble.Refused, node, bmc, "the URL is not an https URL; correct spec.bmc.url");
        }

        BmcConnection connection = _connections.GetOrAdd(bmc, spec => new BmcConnection(spec, url, _settings));
        BmcReply reply = await connection.ReadSystemAsync(_settings.ReadDeadline, cancel).ConfigureAwait(false);
        if (Judge(node, bmc, reply) is { } trouble)
        {
            return trouble;
        }

        ComputerSystem? system;
        try
        {
            system = ComputerSystem.Parse(reply.Body, bmc.SystemId ?? "");
        }
        catch (JsonException error)
        {
            return Trouble(FenceTrouble.Refused, node, bmc, $"its answer is not Redfish ({error.Message})");
        }

        if (system.Uuid is null || !string.Equals(system.Uuid, bmc.Uuid, StringComparison.OrdinalIgnoreCase))
        {
            return Trouble(
                FenceTrouble.WrongMachine,
                node,
                bmc,
                $"it belongs to a system with UUID {system.Uuid ?? "(none)"}, not {bmc.Uuid}; nothing was ordered; "
                + "check the cabling and spec.bmc");
        }

        return await act(connection, system).ConfigureAwait(false);
    }

    /// <summary>What is wrong with a reply; null when it is a success.</summary>
    private static PowerAnswer? Judge(NodeName node, FenceMethod bmc, BmcReply reply) => reply switch
    {
        { Trouble: not FenceTrouble.None } => Trouble(reply.Trouble, node, bmc, reply.Message),
        { Status: 401 or 403 } => Trouble(
            FenceTrouble.Unauthorized,
            node,
            bmc,
            $"it refuses the user or the password (HTTP {reply.Status}); correct {bmc.CredentialsFile}"),
        { Status: >= 200 and < 300 } => null,
        _ => Trouble(
            FenceTrouble.Refused, node, bmc, $"it answered HTTP {reply.Status}{RedfishError.Words(reply.Body)}"),
    };

    private static PowerAnswer Trouble(FenceTrouble trouble, NodeName node, FenceMethod bmc, string message) =>
        new(PowerState.Unknown, trouble, $"BMC of {node} at {bmc.Url}: {message}");
}
