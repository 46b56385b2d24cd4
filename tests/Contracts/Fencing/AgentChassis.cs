using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>The same BMC, spoken to by an agent as the distribution ships it.</summary>
public sealed class AgentChassis : IpmiChassis, IChassis
{
    /// <summary>Exit code 1 is all that the contract has for everything that went wrong.</summary>
    FenceTrouble IChassis.OfWrongPassword => FenceTrouble.Refused;

    public override FenceMethod Spec => new()
    {
        Driver = FenceDriver.FenceAgent,
        Agent = "fence_ipmilan",
        Parameters = ImmutableSortedDictionary<string, string>.Empty
            .Add("ip", "127.0.0.1").Add("ipport", $"{Port}").Add("lanplus", "1").Add("cipher", "3")
            .Add("power_wait", "0"),
        CredentialsFile = Credentials,
        Timeout = TimeSpan.FromSeconds(4),
    };
}
