using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>One node's power supply and BMC as a test sees them from behind.</summary>
public interface IChassis : IAsyncDisposable
{
    /// <summary>How the BMC is rightly reached.</summary>
    FenceMethod Spec { get; }

    /// <summary>The real power; Unknown while the node goes down by itself. Setting it is no BMC's order.</summary>
    PowerState Power { get; set; }

    /// <summary>Power orders that were carried out.</summary>
    int Orders { get; }

    /// <summary>What its BMC can say while <see cref="Power"/> is Unknown: not all know more than On and Off.</summary>
    PowerState StatedWhileGoing => PowerState.Unknown;

    /// <summary>What its driver can tell of a wrong password.</summary>
    FenceTrouble OfWrongPassword => FenceTrouble.Unauthorized;

    FenceMethod WithWrongPassword();

    void BeTruthful();

    void BeDead();

    void Lie();
}

/// <summary>A BMC that is known by a certificate.</summary>
public interface ITrustedChassis : IChassis
{
    FenceMethod WithOtherAuthority();
}
