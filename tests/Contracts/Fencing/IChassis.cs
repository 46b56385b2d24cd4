using Havm.Model;

namespace Havm.Contracts.Fencing;

/// <summary>One node's power supply and BMC as a test sees them from behind.</summary>
public interface IChassis : IAsyncDisposable
{
    /// <summary>How the BMC is rightly reached.</summary>
    BmcSpec Spec { get; }

    /// <summary>The real power; Unknown while the node goes down by itself. Setting it is no BMC's order.</summary>
    PowerState Power { get; set; }

    /// <summary>Power orders that were carried out.</summary>
    int Orders { get; }

    BmcSpec WithWrongPassword();

    BmcSpec WithOtherAuthority();

    void BeTruthful();

    void BeDead();

    void Lie();
}
