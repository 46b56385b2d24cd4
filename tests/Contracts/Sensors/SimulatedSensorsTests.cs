using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.World.Hosts;

namespace Havm.Contracts.Sensors;

public sealed class SimulatedSensorsTests : SensorsContract
{
    private readonly SimulatedParts _parts = new();

    protected override ISensors Sensors => _parts;

    protected override void Wear(WearKind kind, long more) => _parts.Wear(kind, more);
}
