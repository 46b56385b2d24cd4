using System.Collections.Immutable;
using System.Text;
using Havm.Core;
using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Model;
using Havm.Runtime.State;

namespace Havm.Runtime.Tests;

/// <summary>The state of a cluster as a file.</summary>
public sealed class SnapshotTests
{
    private static readonly DateTimeOffset At = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void What_is_saved_is_what_is_read()
    {
        var ledger = Ledger("quiet");

        var bytes = Snapshot.Write(ClusterOf(ledger), "havm 1.2.3", At);
        var (snapshot, read, error) = Snapshot.Read(bytes, "s.json");

        Assert.Null(error);
        Assert.Equal(
            ("havm-snapshot/1", "havm 1.2.3", At, "shop", new Epoch(3)),
            (snapshot!.Format, snapshot.Product, snapshot.At, snapshot.Cluster, snapshot.Epoch));
        Assert.Equal(LedgerCodec.Records(Withheld.From(ledger)), LedgerCodec.Records(read!));
        Assert.Equal(3, read!.Accounts.Instances[new InstanceName("db")].Days.Count);
        Assert.Equal(4, Assert.Single(read.Accounts.Layers).Value.Layers[Layer.Guest].Repair.Max);
        Assert.NotEmpty(read!.Incidents);
        Assert.NotNull(read.LongLease);
        Assert.NotNull(read.Instances[new InstanceName("db")].Seat);
    }

    [Fact]
    public void What_guests_are_given_is_withheld_in_specs_and_seats_and_in_what_runs()
    {
        var text = Encoding.UTF8.GetString(Snapshot.Write(ClusterOf(Ledger("hunter2")), "havm", At));

        Assert.DoesNotContain("hunter2", text);
        Assert.Contains("\"TOKEN\":\"(withheld)\"", text);
        Assert.Equal(4, text.Split("(withheld)").Length);
    }

    [Theory]
    [InlineData("", "is no snapshot")]
    [InlineData("[1]", "is no snapshot")]
    [InlineData("{}", "is no snapshot")]
    [InlineData("{\"format\":\"havm-snapshot/2\"}", "is \"havm-snapshot/2\"")]
    [InlineData("{\"format\":\"havm-snapshot/1\"}", "is no snapshot")]
    [InlineData("{\"format\":\"havm-snapshot/1\",\"product\":\"h\",\"at\":\"2026-01-01T00:00:00Z\","
        + "\"cluster\":\"c\",\"epoch\":1,\"records\":[{\"table\":\"node\",\"key\":\"n\",\"value\":7}]}",
        "node/n cannot be read")]
    public void What_is_no_snapshot_is_refused_with_a_remedy(string text, string reason)
    {
        var (snapshot, ledger, error) = Snapshot.Read(Encoding.UTF8.GetBytes(text), "s.json");

        Assert.Null(snapshot);
        Assert.Null(ledger);
        Assert.Contains(reason, error!.Reason);
        Assert.Contains("havm snapshot", error.Remedy);
    }

    private static Cluster ClusterOf(Ledger ledger) =>
        new() { Ledger = ledger, Office = Office.Take(ledger, new Epoch(3), "life", Instant.Origin) };

    private static Accounts Accounts(Reason why) => Havm.Core.Accounting.Accounts.Empty with
    {
        Watch = new Watch
        {
            Since = At, LookedAt = At.AddHours(2), Epoch = new Epoch(3), Gaps = [new Stretch(At, At.AddMinutes(1))],
        },
        Instances = ImmutableSortedDictionary<InstanceName, InstanceAccount>.Empty.Add(new InstanceName("db"),
            new InstanceAccount
            {
                Name = new InstanceName("db"), Owner = new SpecKey("VirtualMachine", "db"), Since = At,
                Standing = Standing.Up, At = At,
            }
            .Turn(Standing.Failed, At.AddMinutes(5), [], Layer.Node, "inc-000001")
            .Turn(Standing.Up, At.AddDays(2), [])),
        Gone = Havm.Core.Accounting.Accounts.Empty.Gone
            .Add("", GoneAccount.Empty).Add("Service/shop", GoneAccount.Empty),
        Layers = ImmutableSortedDictionary<int, LayerDay>.Empty.Add(Days.Of(At), LayerDay.Empty.With(Layer.Guest,
            LayerTally.Of(new Incident
            {
                Id = "inc-000009", Kind = IncidentKind.GuestPanic, Subject = "db", Decision = why, ClosedAt = At,
                DetectedAt = At.AddSeconds(-4), DecidedAt = At,
            }))),
    };

    private static Ledger Ledger(string token)
    {
        var application = new GuestApplication
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("TOKEN", token),
        };
        var machine = new MachineDefinition
        {
            Instance = new InstanceName("db"),
            Vcpus = 1,
            Memory = Bytes.GiB(1),
            Boot = new BootSource(),
            Application = application,
        };
        var spec = new SpecObject(new Metadata { Name = "db" }, new VirtualMachineSpec
        {
            Template = new InstanceTemplate
            {
                Vcpus = 1, Memory = Bytes.GiB(1), Image = "guest", Application = application,
            },
        });
        var why = new Reason("placement", "seated", "there");
        var node = new NodeRecord { Name = new NodeName("n1"), Phase = NodePhase.Up, Why = why };
        return new Ledger { ClusterName = "shop" } with
        {
            Specs = new Ledger { ClusterName = "" }.Specs.Add(spec.Key.ToString(), spec),
            Nodes = SortedTable<NodeName, NodeRecord>.Empty.SetItem(node.Name, node),
            Instances = InstanceTable.Of([new Instance
            {
                Name = machine.Instance,
                Owner = spec.Key,
                Machine = machine,
                StartedAs = new StartedAs(new Generation(1), At, machine),
                Seat = new Seat(node.Name, new Generation(1), why, At, IsolationPolicy.Stop),
            }]),
            Incidents = new Ledger { ClusterName = "" }.Incidents.Add("inc-000001", new Incident
            {
                Id = "inc-000001", Kind = IncidentKind.GuestPanic, Subject = "db", Decision = why,
            }),
            Accounts = Accounts(why),
            Retired = ImmutableSortedDictionary<InstanceName, Generation>.Empty
                .Add(new InstanceName("old"), new Generation(4)),
            LongLease = new LongLease
            {
                Name = new LongLeaseName(new Epoch(3), 1),
                Length = TimeSpan.FromHours(1),
                State = LongLeaseState.Granted,
                Why = why,
                GrantedAt = At,
            },
        };
    }
}
