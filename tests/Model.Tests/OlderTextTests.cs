using System.Text.Json;
using Havm.Wire.Node;

namespace Havm.Model.Tests;

/// <summary>What an earlier version wrote lacks what came later, and is read as usual.</summary>
public sealed class OlderTextTests
{
    [Fact]
    public void A_program_without_a_restart_rule_and_start_timeout_has_the_usual_ones()
    {
        const string Older = """{"command":["/srv/web"],"environment":{},"probe":{"kind":"Tcp","port":80}}""";

        var read = JsonSerializer.Deserialize(Older, NodeJson.Default.GuestApplication)!;

        Assert.Equal((5, TimeSpan.FromSeconds(60)), (read.Restart.Limit, read.Restart.StableAfter));
        Assert.Equal(5, read.Restart.Backoff.Length);
        Assert.Equal(TimeSpan.FromSeconds(60), read.Probe.StartTimeout);
    }
}
