using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.Faults;

/// <summary>The program in a guest ends once, and is as good as new when it is started again.</summary>
public sealed record RoleCrash(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "crash-role",
        "The program that the VM's guest agent supervises (`role`) ends once, with exit code 1. The guest is well.",
        fields => new RoleCrash(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world) => world.HostOf(Vm)?.CrashRole(Vm);
}

/// <summary>The program in a guest crashes at each start, or runs and does not pass its probe.</summary>
/// <param name="Vm">Whose.</param>
/// <param name="Fate">How.</param>
/// <param name="Always">Wherever and however often its guest is begun; else in this boot of its guest.</param>
public sealed record RoleFailure(InstanceName Vm, RoleFate Fate, bool Always) : IFault
{
    public static readonly FaultKind Kind = new(
        "fail-role",
        "The program that the VM's guest agent supervises (`role`) ends 1 s after each start (`crashes`), or does not "
            + "pass its probe (`unwell`): until its guest is begun anew (`this-boot`), or wherever that is (`always`). "
            + "The guest is well.",
        fields => new RoleFailure(
            fields.Vm, fields.Word("as") == "unwell" ? RoleFate.Unwell : RoleFate.Crashes,
            fields.Word("lasts") == "always"),
        FaultField.Vm, FaultField.Word("as", "crashes", "what it does", "crashes", "unwell"),
        FaultField.Word("lasts", "this-boot", "how long", "this-boot", "always"))
    {
        EndedBy = "mend-role",
    };

    public void Strike(VirtualWorld world)
    {
        if (Always)
        {
            world.Roles.Spoil(Vm, Fate);
        }

        world.HostOf(Vm)?.SpoilRole(Vm, Fate);
    }
}

/// <summary>The program in a guest is well again.</summary>
public sealed record RoleMending(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "mend-role", "Ends `fail-role`. A program that was given up stays down until its guest is begun anew.",
        fields => new RoleMending(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world)
    {
        world.Roles.Heal(Vm);
        world.HostOf(Vm)?.SpoilRole(Vm, null);
    }
}
