using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.Election;
using Havm.Simulator.World.Storage;

namespace Havm.Contracts.Election;

public sealed class SimulatedElectionTests : ElectionContract
{
    private readonly SimulatedElection _one;
    private readonly SimulatedElection _other;
    private Instant _now = Instant.FromSeconds(100);

    public SimulatedElectionTests()
    {
        var office = new OfficeTable(new Epoch(1));
        _one = new SimulatedElection(office, () => _now);
        _other = new SimulatedElection(office, () => _now);
    }

    protected override IElection One => _one;

    protected override IElection Other => _other;

    [Fact]
    public async Task Behind_a_cut_nobody_knows_what_was_done()
    {
        _one.IsCut = true;
        CancellationToken cancel = TestContext.Current.CancellationToken;

        Assert.Equal(ElectionFate.Unknown, (await _one.GrantAsync(TimeSpan.FromSeconds(3), cancel)).Fate);
        Assert.Equal(ElectionFate.Unknown, (await _one.ClaimAsync(1, cancel)).Fate);
    }

    protected override Task PassAsync(TimeSpan time)
    {
        _now += time;
        return Task.CompletedTask;
    }
}
