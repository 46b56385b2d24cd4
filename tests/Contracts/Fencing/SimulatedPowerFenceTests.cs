using Havm.Model;
using Havm.Simulator.Fencing;

namespace Havm.Contracts.Fencing;

public sealed class SimulatedPowerFenceTests : TrustedPowerFenceContract
{
    public SimulatedPowerFenceTests()
        : this(new SimulatedChassis())
    {
    }

    private SimulatedPowerFenceTests(SimulatedChassis chassis)
        : base(chassis, new SimulatedPowerFence(chassis.Find, TimeProvider.System))
    {
    }

    private sealed class SimulatedChassis : ITrustedChassis
    {
        private readonly SimulatedBmc _bmc = new()
        {
            Uuid = "11111111-2222-4333-8444-555555555555",
            Credentials = "right",
            Authority = "ours",
        };

        public FenceMethod Spec => new()
        {
            Url = "https://bmc.invalid",
            SystemId = "n1",
            Uuid = _bmc.Uuid.ToUpperInvariant(),
            CredentialsFile = "right",
            CaFile = "ours",
        };

        public PowerState Power
        {
            get => _bmc.Power;
            set => _bmc.Power = value;
        }

        public int Orders => _bmc.Orders;

        public SimulatedBmc? Find(string url) => url == Spec.Url ? _bmc : null;

        public FenceMethod WithWrongPassword() => Spec with { CredentialsFile = "wrong" };

        public FenceMethod WithOtherAuthority() => Spec with { CaFile = "theirs" };

        public void BeTruthful() => _bmc.Behaviour = SimulatedBmcBehaviour.Truthful;

        public void BeDead() => _bmc.Behaviour = SimulatedBmcBehaviour.Dead;

        public void Lie() => _bmc.Behaviour = SimulatedBmcBehaviour.Lying;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
