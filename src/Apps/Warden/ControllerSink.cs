using Havm.Core.Host.SelfFence;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Warden;

/// <summary>Turns what one controller answers into inputs.</summary>
public sealed class ControllerSink(string controller, Action<WardenInput> inbox, ReachProbe reach, DecisionLog log)
    : INodeLinkSink
{
    public void Connected() => log.Write("link", "connected", $"connected to controller {controller}");

    public void Answered(ControllerFrame frame)
    {
        reach.Spoke(controller, frame.IsolationAddresses);
        inbox(new WardenInput.ControllerSpoke(
            frame.Cluster, frame.Controller, frame.Epoch, frame.Answers, frame.Lease, frame.Goal, frame.Refused,
            frame.LongLease) { Departs = frame.Departs, Event = frame.Event });
    }

    public void Disconnected(string reason) => log.Write("link", "disconnected", $"controller {controller}: {reason}");
}
