using System.Net;
using System.Net.Sockets;
using Havm.Cli.Doctor;
using Havm.Model;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Cli.Tests.Doctor;

/// <summary>What proofs of death rest on: BMCs, identities and watchdogs; and the controller's own ground.</summary>
public sealed class FenceCheckTests : IDisposable
{
    private const string Uuid = "00112233-4455-6677-8899-aabbccddeeff";

    private readonly TestSite test = new();

    public void Dispose() => test.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PowerState.On, FenceTrouble.None, Verdict.Ok)]
    [InlineData(PowerState.Off, FenceTrouble.None, Verdict.Ok)]
    [InlineData(PowerState.Unknown, FenceTrouble.None, Verdict.Fail)]
    [InlineData(PowerState.Unknown, FenceTrouble.Unreachable, Verdict.Fail)]
    [InlineData(PowerState.Unknown, FenceTrouble.Untrusted, Verdict.Fail)]
    [InlineData(PowerState.Unknown, FenceTrouble.Unauthorized, Verdict.Fail)]
    [InlineData(PowerState.Unknown, FenceTrouble.WrongMachine, Verdict.Fail)]
    [InlineData(PowerState.Unknown, FenceTrouble.Refused, Verdict.Fail)]
    internal async Task A_bmc_is_read_and_its_trouble_told(PowerState power, FenceTrouble trouble, Verdict verdict)
    {
        Site site = test.Of(test.Controller) with
        {
            Nodes = [new NodeObject("n1", TestSite.NodeSpec(Uuid))],
            PowerFence = new AnsweringFence(new PowerAnswer(power, trouble, "its words")),
        };

        Finding found = Assert.Single(await new BmcCheck().LookAsync(site, Cancel));

        Assert.Equal((verdict, "n1"), (found.Verdict, found.About));
        Assert.Equal(verdict == Verdict.Fail, found.Remedy.Length > 0);
    }

    [Theory]
    [InlineData(PowerState.On, FenceTrouble.None, Verdict.Ok, "the storage takes its writes")]
    [InlineData(PowerState.Off, FenceTrouble.None, Verdict.Warn, "the storage refuses its writes")]
    [InlineData(PowerState.Unknown, FenceTrouble.None, Verdict.Fail, "its storage fence does not state")]
    [InlineData(PowerState.Unknown, FenceTrouble.Unreachable, Verdict.Fail, "its storage fence does not answer")]
    [InlineData(PowerState.Unknown, FenceTrouble.Unusable, Verdict.Fail, "what speaks to its storage fence")]
    internal async Task What_cuts_a_node_off_from_storage_is_read_as_well(
        PowerState state, FenceTrouble trouble, Verdict verdict, string reason)
    {
        var cut = new FenceMethod { Driver = FenceDriver.FenceAgent, Agent = "fence_scsi", Datastores = ["shared"] };
        Site site = test.Of(test.Controller) with
        {
            Nodes = [new NodeObject("n1", TestSite.NodeSpec() with { Fencing = [cut] })],
            PowerFence = new AnsweringFence(new PowerAnswer(state, trouble, "its words")),
        };

        IReadOnlyList<Finding> found = await new BmcCheck().LookAsync(site, Cancel);

        Assert.Equal(2, found.Count);
        Assert.StartsWith("has no BMC", found[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith(reason, found[1].Reason, StringComparison.Ordinal);
        Assert.Equal((verdict, verdict != Verdict.Ok), (found[1].Verdict, found[1].Remedy.Length > 0));
    }

    [Fact]
    public async Task Without_a_bmc_or_without_objects_it_says_so()
    {
        Site site = test.Of(test.Controller);
        Assert.Equal(Verdict.Skipped, Assert.Single(await new BmcCheck().LookAsync(site, Cancel)).Verdict);

        site = site with { Nodes = [new NodeObject("n1", TestSite.NodeSpec())] };
        Assert.Equal(Verdict.Warn, Assert.Single(await new BmcCheck().LookAsync(site, Cancel)).Verdict);
    }

    [Theory]
    [InlineData(Uuid, "Ok")]
    [InlineData("00112233-4455-6677-8899-AABBCCDDEEFF\n", "Ok")]
    [InlineData("33221100-5544-7766-8899-aabbccddeeff", "Warn")]
    [InlineData("11111111-4455-6677-8899-aabbccddeeff", "Fail")]
    [InlineData("not a uuid", "Fail")]
    public async Task The_machine_must_be_the_one_that_its_bmc_switches(string here, string verdict)
    {
        Site site = test.Node(test.Config with { MachineIdFile = test.Plant("machine-id", here) }) with
        {
            Nodes = [new NodeObject("n1", TestSite.NodeSpec(Uuid))],
        };

        Assert.Equal(verdict, Assert.Single(await new IdentityCheck().LookAsync(site, Cancel)).Verdict.ToString());
    }

    [Fact]
    public async Task The_kernels_own_uuid_is_read_where_none_is_configured_and_a_missing_object_fails()
    {
        test.Plant("sys/class/dmi/id/product_uuid", Uuid + "\n");
        Site site = test.Node(test.Config) with
        {
            Root = test.Home, Nodes = [new NodeObject("n1", TestSite.NodeSpec(Uuid))],
        };
        Assert.Equal(Verdict.Ok, Assert.Single(await new IdentityCheck().LookAsync(site, Cancel)).Verdict);

        site = site with { Nodes = [new NodeObject("n2", TestSite.NodeSpec(Uuid))] };
        Assert.Equal(
            "there is no object Node/n1", Assert.Single(await new IdentityCheck().LookAsync(site, Cancel)).Reason);
    }

    [Theory]
    [InlineData("iTCO_wdt", 1, 600, "", "Ok")]
    [InlineData("iTCO_wdt", 1, 600, "havm-warden", "Ok")]
    [InlineData("iTCO_wdt", 1, 600, "systemd", "Fail")]
    [InlineData("slow one", 30, 600, "", "Fail")]
    [InlineData("Software Watchdog", 1, 65535, "", "Warn")]
    public void A_watchdog_that_is_held_slow_or_no_watchdog_at_all_is_told(
        string identity, int shortest, int longest, string holder, string verdict) => Assert.Equal(
        verdict,
        WatchdogCheck.Judge(new WatchdogFacts(
            identity, 5, 60, shortest, longest, holder.Length == 0 ? [] : [holder])).Verdict.ToString());

    [Fact]
    public async Task A_missing_watchdog_fails_and_one_that_is_not_configured_is_a_warning()
    {
        Assert.Equal(Verdict.Warn, (await DogAsync(null))[0].Verdict);
        Assert.Equal("is not there", (await DogAsync("/dev/absent-watchdog"))[0].Reason);
    }

    [Fact]
    public async Task A_device_that_is_no_watchdog_is_opened_only_with_permission_and_then_fails()
    {
        // A device that takes any byte, and no time-out.
        IReadOnlyList<Finding> looked = await DogAsync("/dev/full");
        Assert.Equal(Verdict.Warn, Assert.Single(looked).Verdict);

        IReadOnlyList<Finding> armed = await DogAsync("/dev/full", mayArm: true);
        Assert.Equal(["", "armed"], armed.Select(finding => finding.About));
        Assert.Equal(Verdict.Fail, armed[1].Verdict);
    }

    [Fact]
    public async Task A_watchdog_behind_a_socket_is_there_while_somebody_listens()
    {
        string path = Path.Join(test.Home, "dog.sock");
        using (var dog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            dog.Bind(new UnixDomainSocketEndPoint(path));
            Assert.Equal(Verdict.Ok, (await DogAsync(path))[0].Verdict);
        }

        Assert.Equal(Verdict.Fail, (await DogAsync(path))[0].Verdict);
    }

    private Task<IReadOnlyList<Finding>> DogAsync(string? path, bool mayArm = false) => new WatchdogCheck().LookAsync(
        test.Node(test.Config with { Watchdog = path is null ? null : new WatchdogConfig(path, 5) }) with
        {
            MayArmWatchdog = mayArm,
        },
        Cancel);

    [Fact]
    public async Task A_port_is_free_or_taken_or_on_no_address_of_this_machine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Finding taken = (await PortsAsync($"http://127.0.0.1:{port}"))[0];
        listener.Stop();
        Finding free = (await PortsAsync($"http://127.0.0.1:{port}"))[0];
        Finding elsewhere = (await PortsAsync($"http://192.0.2.1:{port}"))[0];

        Assert.Equal((Verdict.Fail, Verdict.Ok, Verdict.Fail), (taken.Verdict, free.Verdict, elsewhere.Verdict));
        Assert.Contains("Havm.Cli.Tests", taken.Evidence);
        Assert.Equal("192.0.2.1 is no address of this machine", elsewhere.Reason);
    }

    [Fact]
    public void The_controllers_own_port_is_no_trouble() => Assert.Equal(
        Verdict.Ok,
        PortCheck.Judge("nodes", IPEndPoint.Parse("10.0.0.1:7070"), "listen", SocketError.AddressAlreadyInUse,
            """LISTEN 0 512 10.0.0.1:7070 0.0.0.0:* users:(("havm-controller",pid=9,fd=8))""").Verdict);

    private Task<IReadOnlyList<Finding>> PortsAsync(string listen) =>
        new PortCheck().LookAsync(test.Of(test.Controller with { Listen = listen }), Cancel);

    [Theory]
    [InlineData(10_000, 256, Verdict.Ok)]
    [InlineData(1_000, 256, Verdict.Warn)]
    [InlineData(2_200, 256, Verdict.Warn)]
    [InlineData(100, 0, Verdict.Fail)]
    internal void Little_room_is_told(long free, long promised, Verdict verdict) => Assert.Equal(
        verdict, SpaceCheck.Judge("state", "/var/lib/havm", free * Bytes.Mebi, promised * Bytes.Mebi).Verdict);

    [Fact]
    public async Task Evidence_is_told_with_its_bound_and_warned_of_past_it()
    {
        test.Plant("state/evidence/web-0/inc-1/console.txt", new string('x', 2 << 20));
        Finding within = (await new SpaceCheck().LookAsync(test.Node(test.Config), Cancel))[^1];
        Finding past = (await new SpaceCheck().LookAsync(test.Node(test.Config with { EvidenceMiB = 1 }), Cancel))[^1];

        Assert.Equal((Verdict.Ok, "1 incident, 2 of 1024 MiB"), (within.Verdict, within.Evidence));
        Assert.Equal((Verdict.Warn, "1 incident, 2 of 1 MiB"), (past.Verdict, past.Evidence));
    }

    [Fact]
    public async Task State_that_is_not_made_yet_is_looked_at_where_it_will_lie()
    {
        IReadOnlyList<Finding> found = await new SpaceCheck().LookAsync(test.Node(test.Config), Cancel);

        Assert.Equal(["node's state", "node's state flush", "evidence"], found.Select(finding => finding.About));
        Assert.Contains("MiB free", found[0].Evidence);
        Assert.Empty(Directory.GetFileSystemEntries(test.Home));
    }
}
