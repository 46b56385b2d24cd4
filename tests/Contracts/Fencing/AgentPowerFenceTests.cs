using Havm.Fencing;

namespace Havm.Contracts.Fencing;

/// <summary>The agents' driver over a wire: the distribution's fence_ipmilan against a simulated BMC.</summary>
public sealed class AgentPowerFenceTests() : PowerFenceContract(new AgentChassis(), new PowerFences());
