using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>Every driver behind one port: the method of the node says which of them speaks.</summary>
public sealed class PowerFences(FencingSettings? settings = null, FenceAgents? agents = null) : IPowerFence, IDisposable
{
    private readonly RedfishPowerFence _redfish = new(settings);
    private readonly IpmiPowerFence _ipmi = new(settings);
    private readonly AgentPowerFence _agents = new(settings, agents);

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        By(method).ReadAsync(node, method, cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        By(method).OffAsync(node, method, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        By(method).OnAsync(node, method, cancel);

    public void Dispose() => _redfish.Dispose();

    private IPowerFence By(FenceMethod method) => method.Driver switch
    {
        FenceDriver.Redfish => _redfish,
        FenceDriver.Ipmi => _ipmi,
        FenceDriver.FenceAgent => _agents,
    };
}
