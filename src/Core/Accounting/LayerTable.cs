using Havm.Core.Records;

namespace Havm.Core.Accounting;

/// <summary>
/// Which row of the health ladder each kind of incident belongs to. docs/reference/words.md prints it.
/// </summary>
public static class LayerTable
{
    /// <summary>The row of a kind by itself.</summary>
    public static Layer Of(IncidentKind kind) => kind switch
    {
        IncidentKind.EndpointDown => Layer.Endpoint,
        IncidentKind.RoleFailure => Layer.Role,
        IncidentKind.GuestPanic or IncidentKind.GuestHang or IncidentKind.GuestShutdown => Layer.Guest,
        IncidentKind.MachineExit or IncidentKind.StartFailure or IncidentKind.CopyFound => Layer.Machine,
        IncidentKind.AgentDown => Layer.HostAgent,
        IncidentKind.DiskHandleLost or IncidentKind.StoragePathLost => Layer.Storage,
        IncidentKind.NodeWillFail => Layer.Prediction,
        IncidentKind.NodeFailed or IncidentKind.NodeCutOff or IncidentKind.NodeRebooted
            or IncidentKind.DeadNodeSpoke or IncidentKind.LeaseEnd => Layer.Node,
    };

    /// <summary>
    /// The row of an incident: a node that fell silent together with others of its rack failed because its rack did.
    /// </summary>
    public static Layer Of(Ledger ledger, Incident incident) =>
        incident.Layer is { } settled ? settled
        : RackFailure.With(ledger, incident) is not null ? Layer.Rack
        : Of(incident.Kind);
}
