using System.Collections.Immutable;

namespace Havm.Simulator.Faults;

/// <summary>Every fault there is, each in a file of its own, in the order of the reference.</summary>
public static class FaultCatalogue
{
    public static readonly ImmutableArray<FaultKind> All =
    [
        PowerCut.Kind, PowerBack.Kind, OrderlyLeave.Shutdown, OrderlyLeave.Reboot,
        RackPowerCut.Kind, RackPowerBack.Kind,
        Isolation.Kind, ManagementCut.Kind, Reconnection.Kind, RackIsolation.Kind, RackReconnection.Kind, Flapping.Kind,
        Partition.Kind, SlowLink.Kind, PacketLoss.Kind, Duplication.Kind, Reordering.Kind, Healing.Kind,
        AgentRestart.Kind, AgentHang.Kind, AgentBlindness.Kind, AgentOldNews.Kind, WardenHang.Kind, Stall.Kind,
        ControllerStop.Kind, ControllerStart.Kind, ControllerStall.Kind,
        ControllerCrash.BeforeCommit, ControllerCrash.AfterCommit, LeaderHit.Kind,
        StoreCut.Kind, StoreRestoration.Kind, StoreFull.Fill, StoreFull.Free,
        BackupSaved.Kind, BackupRestored.Kind, StateAdoption.Kind,
        LongLeaseOrdered.Kind, LongLeaseEndOrdered.Kind,
        BmcFailure.Kind, BmcRepair.Kind, StorageFenceFailure.Kind, StorageFenceRepair.Kind, StorageLetsIn.Kind,
        DatastoreCut.Kind, DatastoreLoss.Kind, SlowDatastore.Kind, DatastoreRestoration.Kind,
        DisksStale.Kind,
        FlushesFailed.Kind,
        DiskFull.Fill, DiskFull.Free,
        DiskLock.Take, DiskLock.Free,
        Wear.Kind, PartsReplaced.Kind, DiagnosisBroken.Fail, DiagnosisBroken.Pass,
        ClockSkew.Kind, ClockRepair.Kind,
        VmDeath.Kind, GuestHang.Kind, GuestPanic.Kind, GuestBitten.Kind,
        RoleCrash.Kind, RoleFailure.Kind, RoleMending.Kind,
        EndpointFailure.Kind, EndpointHealing.Kind, BalancerFailure.Kind, BalancerStart.Kind,
    ];

    public static FaultKind? Find(string verb) => All.FirstOrDefault(kind => kind.Verb == verb);
}
