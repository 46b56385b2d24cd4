using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>People save what the store holds.</summary>
public sealed record BackupSaved : IFault
{
    internal static readonly FaultField What = FaultField.Word("what", "all", "what", "all");

    public static readonly FaultKind Kind = new(
        "save-backup", "People save what the store holds; nothing breaks.", _ => new BackupSaved(), What);

    public void Strike(VirtualWorld world) => world.Store.Save();
}

/// <summary>
/// People stop every controller, put back what they had saved, and start them again. What was decided since is known to
/// nodes alone.
/// </summary>
public sealed record BackupRestored(bool Marked) : IFault
{
    public static readonly FaultKind Kind = new(
        "restore-backup",
        "Every controller is stopped, the store is put back to what `save-backup` saved (or to the beginning), and "
            + "they are started again: the state is older than what nodes do. A backup says so itself; of a copied "
            + "disk only what nodes remember can show it.",
        fields => new BackupRestored(fields.Word("as") == "backup"), BackupSaved.What,
        FaultField.Word("as", "backup", "what was saved", "backup", "copy"))
    {
        EndedBy = "adopt-state", StarvesLeases = true,
    };

    public void Strike(VirtualWorld world) => world.RestoreBackup(Marked);
}

/// <summary>An operator orders `havm store adopt` of whoever leads; where nobody does nothing happens.</summary>
public sealed record StateAdoption : IFault
{
    public static readonly FaultKind Kind = new(
        "adopt-state",
        "An operator makes the state the cluster's (`havm store adopt`): every node is asked what it runs before "
            + "anything is given a seat.",
        _ => new StateAdoption(), BackupSaved.What) { StarvesLeases = true };

    public void Strike(VirtualWorld world)
    {
        world.Busy(TimeSpan.FromSeconds(1));
        world.Leader?.Adopt();
    }
}
