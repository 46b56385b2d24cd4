using System.Diagnostics;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// SPEC 4, row 1, with HAProxy in front of real guests: what a visitor notices of a planned move, of an endpoint that
/// fails, and of the ends of balancer and controller. Visitors open a connection for each request and try none again.
/// </summary>
[Collection(BalancedAlone.Name)]
public sealed class BalancerTests(GuestLab lab)
{
    private const string Pool =
        """
        {apiVersion: havm/v1, kind: Service, metadata: {name: pool}, spec: {roles: [{name: web, type: web,
          instances: 2, vcpus: 1, memory: 96MiB, image: lab, networks: [lab], command: [/srv/bin/web],
          probe: {kind: tcp, port: 80, period: 1s}}]}}
        ---
        {apiVersion: havm/v1, kind: LoadBalancer, metadata: {name: pool}, spec: {service: pool, role: web,
          listen: 8081, port: 80, probe: {path: /healthz, every: 1s}, drain: 10s, limit: 15s}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task APlannedMoveOfAWebInstanceFailsNoRequest()
    {
        await WholeAsync();
        var before = await lab.Stage.ReadAsync(Cancel);
        var from = before.Instances["shop-web-0"].Node!;
        var to = before.Nodes.Keys.Order().First(n => n != from && n != before.Instances["shop-web-1"].Node);
        await using var visitors = new Visitors(lab, 8080, 4);
        await visitors.AnsweredAsync(20);

        await lab.Client.MoveAsync("shop-web-0", to, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"shop-web-0 is in rotation on {to}", 120,
            now => now.Instances["shop-web-0"] is var moved && moved.Node == to && InRotation(moved), Cancel));
        await visitors.AnsweredAsync(40);

        await visitors.AssertNoneFailedAsync();
        var told = (await lab.Client.EventsAsync(0, Cancel)).Select(e => e.Name).ToList();
        Assert.True(told.IndexOf("moveBegun") < told.LastIndexOf("rotationLeft"));
    }

    [GuestFact]
    public async Task AnEndpointThatFailsIsOutOfRotationItsGuestIsToldAndItsRoleRestartedAtTheLimit()
    {
        await WholeAsync();
        await lab.Client.ApplyAsync(Pool, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "the pool is in rotation", 120, now => Pooled(now).Count(InRotation) == 2, Cancel));
        var machines = lab.Stage.Machines();
        await using var visitors = new Visitors(lab, 8081, 2);
        await visitors.AnsweredAsync(10);

        // The page that the balancer asks for is gone; the role, its own probe and its agent are as they were.
        var watch = Stopwatch.StartNew();
        await new GuestFaults(lab.Plan).TellAsync("pool-web-0", "sick-role");
        var down = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "pool-web-0 is out of rotation", 20,
            now => now.Open.Any(i => i is { Kind: "endpointDown", Subject: "Instance/pool-web-0" })
                && !InRotation(now.Instances["pool-web-0"]), Cancel));
        var took = watch.Elapsed;

        Assert.Equal("ready", down.Instances["pool-web-0"].Phase);
        Assert.Contains("404", down.Open.Single(i => i.Kind == "endpointDown").Decision.Message);
        Assert.True(took < TimeSpan.FromSeconds(5), $"two probes and a second took {took.TotalSeconds:0.0} s");
        await Until.TrueAsync(
            () => Console("pool-web-0").Contains("out of rotation", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20));
        Assert.Contains("out of rotation", Console("pool-web-0"));
        var failedSoFar = visitors.Failed;

        // The role is restarted at the limit, which writes the page anew: that is all it needed.
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "pool-web-0 is back", 90, now => InRotation(now.Instances["pool-web-0"]) && !now.Open.Any(), Cancel));
        Assert.Contains(await lab.Client.EventsAsync(0, Cancel), e => e.Name == "endpointEscalated");
        Assert.Equal(failedSoFar, visitors.Failed);
        lab.AssertUntouched(machines, ["pool-web-0", "pool-web-1", "shop-web-0"]);

        await lab.Client.DeleteAsync("LoadBalancer", ["pool"], Cancel);
        await lab.Client.DeleteAsync("Service", ["pool"], Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync("the pool is gone", 90, now => !Pooled(now).Any(), Cancel));
    }

    [GuestFact]
    public async Task ABalancerThatIsKilledComesBackWithItsMembersAndHarmsNobody()
    {
        await WholeAsync();
        var machines = lab.Stage.Machines();
        var before = await lab.Stage.ReadAsync(Cancel);

        Assert.NotEqual(0, ProcessTrees.Of(lab.Plan, LabNetwork.Balancers)
            .Signal(LabNetwork.Balancers, Machine.Kill));
        await using var visitors = new Visitors(lab, 8080, 1);
        await visitors.AnsweredAsync(10);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "both are in rotation", 30, now => Shop(now).Count(InRotation) == 2, Cancel));

        var after = await lab.Stage.ReadAsync(Cancel);
        Assert.Equal(before.Incidents.Count, after.Incidents.Count);
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    [GuestFact]
    public async Task WithoutAControllerTrafficGoesOnAndTheNextOneTakesTheBalancerUpAsItIs()
    {
        await WholeAsync();
        var pids = ProcessTrees.Of(lab.Plan, LabNetwork.Balancers).Processes(LabNetwork.Balancers);
        await using var visitors = new Visitors(lab, 8080, 2);
        await visitors.AnsweredAsync(10);

        await lab.DoAsync("restart-controller", "--kill");
        await visitors.AnsweredAsync(20);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "both are in rotation", 60, now => Shop(now).Count(InRotation) == 2, Cancel));

        await visitors.AssertNoneFailedAsync();
        Assert.Equal(pids, ProcessTrees.Of(lab.Plan, LabNetwork.Balancers).Processes(LabNetwork.Balancers));
    }

    private async Task WholeAsync()
    {
        await lab.WholeAsync();
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            "the shop is in rotation", 60, now => Shop(now).Count(InRotation) == 2, Cancel));
    }

    private static IEnumerable<InstanceView> Shop(Client.Snapshot now) =>
        now.Instances.Values.Where(i => i.Name.StartsWith("shop-web-", StringComparison.Ordinal));

    private static IEnumerable<InstanceView> Pooled(Client.Snapshot now) =>
        now.Instances.Values.Where(i => i.Name.StartsWith("pool-web-", StringComparison.Ordinal));

    private static bool InRotation(InstanceView instance) =>
        instance.Conditions.Any(c => c is { Type: ConditionView.InRotation, Status: "true" });

    private string Console(string instance)
    {
        var node = lab.Stage.Machines()[instance].Node;
        return LabFiles.ReadText($"{lab.Plan.Paths.Instances(node)}/{instance}/console.log") ?? "";
    }

    /// <summary>Visitors of the balancer, from the controller's network.</summary>
    private sealed class Visitors(GuestLab lab, int port, int count) : IAsyncDisposable
    {
        private readonly WebLoad[] _all =
        [
            .. Enumerable.Range(0, count).Select(_ => new WebLoad(
                lab.Plan.Namespace(LabNetwork.Controllers), LabNetwork.BalancerAddress, port,
                TimeSpan.FromMilliseconds(50))),
        ];

        public int Failed => _all.Sum(load => load.Failed);

        /// <summary>So many more of each were answered.</summary>
        public async Task AnsweredAsync(int more)
        {
            var wanted = _all.Select(load => load.Answered + more).ToList();
            Assert.True(
                await Until.TrueAsync(
                    () => _all.Zip(wanted).All(each => each.First.Answered >= each.Second), TimeSpan.FromSeconds(60)),
                $"visitors are not answered: {_all[0].FirstFailure}");
        }

        public async Task AssertNoneFailedAsync()
        {
            await Task.WhenAll(_all.Select(load => load.StopAsync()));
            Assert.True(Failed == 0,
                $"{Failed} of {_all.Sum(load => load.Answered) + Failed} failed: {_all[0].FirstFailure}");
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var load in _all)
            {
                await load.DisposeAsync();
            }
        }
    }
}

/// <summary>A lab of their own: what they order moves and restarts what other tests take for granted.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BalancedAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "balanced";
}
