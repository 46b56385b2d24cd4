using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// Something that breaks in a world, or is put right again. A fault does to the substrate what would really happen and
/// tells nobody: what follows from it is found by those whom it hits. Faults compose: any of them may strike while
/// others last.
/// </summary>
public interface IFault
{
    /// <summary>Happens now. On what is already so, or is not there to be broken, it does nothing.</summary>
    void Strike(VirtualWorld world);
}
