using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What may be applied, what is refused, and that nothing is half done.</summary>
public sealed class AdmissionStories
{
    [Fact]
    public void All_errors_of_a_submission_are_told_at_once_and_nothing_of_it_is_applied()
    {
        var story = Story.Of(2, 1);
        var ledger = story.Ledger;

        var outcome = story.Apply(
            StorySpecs.Vm("good"),
            StorySpecs.Of("lost", new VirtualMachineSpec
            {
                Template = StorySpecs.Template() with
                {
                    Image = "nowhere",
                    Networks = ["none"],
                    AvailabilitySet = "void",
                },
            }),
            StorySpecs.Vm("huge", memoryMiB: 999_999),
            StorySpecs.Node("n9", "no-rack"),
            StorySpecs.Set("wide", faultDomains: 3));

        Assert.Equal(6, outcome.Errors.Length);
        Assert.Same(ledger, story.Ledger);
    }

    [Fact]
    public void Two_objects_of_one_file_that_ask_for_the_same_instance_are_both_refused()
    {
        var story = Story.Of(2, 1);

        var outcome = story.Apply(StorySpecs.Service("s", 1), StorySpecs.Vm("s-web-0"), StorySpecs.Vm("other"));

        Assert.Equal(["Service/s", "VirtualMachine/s-web-0"], outcome.Errors.Select(e => e.Object).Order());
    }

    [Fact]
    public void An_object_that_is_given_twice_and_roles_of_one_name_are_refused()
    {
        var story = Story.Of(2, 1);
        var role = new RoleSpec { Name = "web", Type = RoleType.Web, Instances = 1, Template = StorySpecs.Template() };

        Assert.NotEmpty(story.Apply(StorySpecs.Vm("a"), StorySpecs.Vm("a")).Errors);
        Assert.NotEmpty(story.Apply(StorySpecs.Of("s", new ServiceSpec { Roles = [role, role] })).Errors);
    }

    [Fact]
    public void Two_nodes_cannot_have_one_BMC_and_two_networks_no_common_address()
    {
        var story = Story.Of(2, 1);
        var twin = StorySpecs.Node("n9", "r1");

        var outcome = story.Apply(
            twin with
            {
                Spec = ((NodeSpec)twin.Spec) with
                {
                    Bmc = ((NodeSpec)twin.Spec).Bmc! with { Uuid = "UUID-n1" },
                },
            },
            StorySpecs.Of("lan2", new NetworkSpec { Cidr = "10.1.8.0/24" }));

        Assert.Equal(["Network/lan2", "Node/n9"], outcome.Errors.Select(e => e.Object).Order());
    }

    [Theory]
    [InlineData("10.9.0.1", "10.9.0.1:623", true)]
    [InlineData("10.9.0.1", "10.9.0.2", false)]
    public void Two_nodes_cannot_have_one_IPMI_address(string first, string second, bool refused)
    {
        var story = Story.Of(2, 1);
        FenceMethod At(string address) =>
            new() { Driver = FenceDriver.Ipmi, Address = address, CredentialsFile = "/x" };

        var errors = story.Apply(With("n8", At(first)), With("n9", At(second))).Errors;

        Assert.Equal(refused ? ["Node/n8", "Node/n9"] : [], errors.Select(e => e.Object));
    }

    [Theory]
    [InlineData("7", "9", false)]
    [InlineData("8", "9", true)]
    public void Two_nodes_cannot_share_an_outlet(string third, string fourth, bool refused)
    {
        var story = Story.Of(2, 1);

        var errors = story.Apply(With("n8", Fed("8", "6")), With("n9", Fed(third, fourth))).Errors;

        Assert.Equal(refused ? ["Node/n8", "Node/n9"] : [], errors.Select(e => e.Object));
        Assert.All(errors, e => Assert.Contains("fence_pdu ip=p plug=8 also switches", e.Reason));
    }

    [Fact]
    public void That_a_method_cannot_tell_its_machine_is_named_as_a_risk()
    {
        var story = Story.Of(2, 1);

        Assert.Contains("not compared with a UUID", Assert.Single(story.Apply(With("n9", Fed("1"))).Warnings).Message);
    }

    private static FenceMethod Fed(params string[] plugs)
    {
        var nothing = ImmutableSortedDictionary<string, string>.Empty;
        return new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_pdu",
            Parameters = nothing.Add("ip", "p"),
            Outlets = [.. plugs.Select(plug => nothing.Add("plug", plug))],
        };
    }

    private static SpecObject With(string node, FenceMethod method)
    {
        var plain = StorySpecs.Node(node, "r1");
        return plain with { Spec = (NodeSpec)plain.Spec with { Bmc = method } };
    }

    [Fact]
    public void More_cards_than_a_network_has_addresses_are_refused()
    {
        var story = Story.Of(2, 1);
        Assert.Empty(story.Apply(StorySpecs.Of("tiny", new NetworkSpec
        {
            Cidr = "10.9.0.0/24",
            RangeFirst = "10.9.0.20",
            RangeLast = "10.9.0.22",
            Gateway = "10.9.0.21",
        })).Errors);
        SpecObject On(string name) => StorySpecs.Of(name, new VirtualMachineSpec
        {
            Template = StorySpecs.Template() with { Networks = ["tiny"] },
        });

        story.With(On("a"), On("b"));
        var outcome = story.Apply(On("c"));

        Assert.Contains("has 2 addresses", Assert.Single(outcome.Errors).Reason);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_and_changes_nothing()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));
        var ledger = story.Ledger;

        var made = story.Order(id => new SpecsSubmitted(id, [StorySpecs.Vm("b")], true, "ann"));
        var gone = story.Order(id => new SpecsDeleted(id, [new SpecKey("VirtualMachine", "a")], true, "ann"));

        Assert.Equal(ObjectChange.Created, Assert.Single(made.Objects).Change);
        Assert.Equal(ObjectChange.Removed, Assert.Single(gone.Objects).Change);
        Assert.Same(ledger, story.Ledger);
    }

    [Fact]
    public void Applying_the_same_twice_is_unchanged()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"), StorySpecs.Service("s", 2));
        var ledger = story.Ledger;

        var outcome = story.Apply(StorySpecs.Vm("a"), StorySpecs.Service("s", 2));

        Assert.All(outcome.Objects, o => Assert.Equal(ObjectChange.Unchanged, o.Change));
        Assert.Same(ledger, story.Ledger);
    }

    [Fact]
    public void What_is_still_used_cannot_be_deleted_and_the_error_names_the_user()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));

        foreach (var key in (string[])["Image/small", "Network/lan", "Datastore/store", "Rack/r1"])
        {
            Assert.NotEmpty(story.Delete(key).Errors);
        }

        Assert.Contains("VirtualMachine/a", Assert.Single(story.Delete("Network/lan").Errors).Object);
    }

    [Fact]
    public void A_node_that_holds_instances_cannot_be_deleted()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));

        var outcome = story.Delete($"Node/{story.Home("a").Name}");

        Assert.Contains("holds 1 instance", Assert.Single(outcome.Errors).Reason);
    }

    [Fact]
    public void An_error_that_was_there_before_does_not_stop_the_deletion_of_something_else()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a", memoryMiB: 1024), StorySpecs.Vm("b"));
        Assert.Empty(story.Apply(
            StorySpecs.Node("n1", "r1", memoryMiB: 512), StorySpecs.Node("n2", "r2", memoryMiB: 512)).Errors);

        Assert.Empty(story.Delete("VirtualMachine/b").Errors);
    }

    [Fact]
    public void Addresses_are_unique_and_stay_with_their_instances()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Service("s", 6));
        string[] All() =>
        [
            .. story.Ledger.Instances.Values.SelectMany(i => i.Machine.Nics).Select(n => $"{n.Address} {n.Mac}"),
        ];
        var before = All();

        story.Home("s-web-2").PowerOff();
        story.Run(10);

        Assert.Equal(6, before.Distinct().Count());
        Assert.Equal(before, All());
    }

    [Fact]
    public void An_address_that_was_freed_is_given_again()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        var address = story.Instance("a").Machine.Nics[0].Address;
        story.Delete("VirtualMachine/a");
        story.Until(() => !story.Exists("a"));

        story.With(StorySpecs.Vm("c"));

        Assert.Equal(address, story.Instance("c").Machine.Nics[0].Address);
    }

    [Fact]
    public void Risks_are_named_when_they_are_chosen()
    {
        var story = Story.Of(2, 1);

        Assert.NotEmpty(story.Apply(StorySpecs.Vm("a", IsolationPolicy.Pause)).Warnings);
        Assert.NotEmpty(story.Apply(StorySpecs.Node("n1", "r1", watchdog: WatchdogKind.TrustWarden)).Warnings);
        Assert.NotEmpty(story.Apply(StorySpecs.Node("n2", "r2", bmc: false)).Warnings);
    }

    [Fact]
    public void A_risk_is_told_in_the_words_of_specs_with_a_remedy_and_only_of_what_changes()
    {
        var story = Story.Of(2, 1);

        var told = Assert.Single(
            story.Apply(StorySpecs.Vm("a", IsolationPolicy.PowerOff, set: "none-yet"), StorySpecs.Set("none-yet"))
                .Warnings);
        Assert.Equal("VirtualMachine/a", told.Object);
        Assert.StartsWith("isolation powerOff also acts in a controller outage", told.Message);
        Assert.Contains("`havm controller hold`", told.Message);

        Assert.Empty(story.Apply(StorySpecs.Vm("a", IsolationPolicy.PowerOff, set: "none-yet")).Warnings);
    }

    [Fact]
    public void An_instance_of_a_service_that_is_taken_for_an_object_is_told_whose_it_is()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Service("s", 1));

        var error = Assert.Single(story.Delete("VirtualMachine/s-web-0").Errors);

        Assert.Equal("does not exist: s-web-0 is an instance of Service/s, role web", error.Reason);
        Assert.Contains("`havm service scale s web N`", error.Remedy);
    }

    [Fact]
    public void A_larger_memory_is_told_to_wait_for_the_next_start_of_what_runs_until_that_has_come()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a", set: "set"), StorySpecs.Set("set"));
        ImmutableArray<string> Pending() => PendingStart.Of(story.Cluster, story.Instance("a"));

        var told = Assert.Single(story.Apply(StorySpecs.Vm("a", memoryMiB: 128, set: "set")).Warnings);
        story.Run(2);

        Assert.Contains("memory 64 MiB -> 128 MiB: only from the next start of a on", told.Message);
        Assert.Equal(["memory 64 MiB -> 128 MiB"], Pending());
        Assert.EndsWith("from its next start on", story.Events.Last(e => e.Name == "instanceRevised").Reason.Message);

        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null);
        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Start, "ann"));
        story.Until(() => story.IsReady("a"));
        Assert.Empty(Pending());
    }

    [Fact]
    public void A_guest_agent_that_is_written_while_its_guest_runs_counts_from_its_next_start_on()
    {
        var story = Story.Of(2, 1).With(With(GuestAgentKind.None));
        foreach (var host in story.Hosts.Values)
        {
            host.NeverReady = true;
        }

        story.Run(2);
        Assert.True(IsWell(story));
        story.Apply(With(GuestAgentKind.Qemu));
        story.Run(5);
        Assert.True(IsWell(story));

        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null);
        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Start, "ann"));
        story.Until(() => story.SeatOf("a") is not null && story.Home("a").Running.ContainsKey(new("a")));
        story.Run(2);
        Assert.False(IsWell(story));

        story.Apply(With(GuestAgentKind.None));
        story.Run(5);
        Assert.False(IsWell(story));

        static bool IsWell(Story story) => InstanceMachine.IsWell(
            story.Instance("a"), InstanceMachine.ReportOf(story.Cluster, story.Instance("a")));
        static SpecObject With(GuestAgentKind agent) => StorySpecs.Of("a", new VirtualMachineSpec
        {
            Template = StorySpecs.Template() with { GuestAgent = agent },
        });
    }

    [Fact]
    public void A_change_that_is_taken_back_leaves_nothing_to_wait_for()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));

        story.Apply(StorySpecs.Vm("a", memoryMiB: 128));
        story.Run(1);
        story.Apply(StorySpecs.Vm("a", memoryMiB: 96));
        story.Run(1);
        Assert.Equal(["memory 64 MiB -> 96 MiB"], PendingStart.Of(story.Cluster, story.Instance("a")));
        story.Apply(StorySpecs.Vm("a"));
        story.Run(1);

        Assert.Empty(PendingStart.Of(story.Cluster, story.Instance("a")));
    }

    [Fact]
    public void A_start_that_the_node_tells_of_ends_the_wait_also_on_the_same_seat()
    {
        var noted = new StartedAs(new Generation(3), DateTimeOffset.UnixEpoch, null!);
        var seat = new Seat(
            new NodeName("n1"), new Generation(3), new Reason("a", "b", "c"), DateTimeOffset.UnixEpoch,
            IsolationPolicy.Pause);

        Assert.True(noted.IsOf(seat, DateTimeOffset.UnixEpoch));
        Assert.True(noted.IsOf(seat, null));
        Assert.False(noted.IsOf(seat, DateTimeOffset.UnixEpoch.AddSeconds(1)));
        Assert.False(noted.IsOf(seat with { Generation = new Generation(4) }, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void What_a_policy_changes_is_named_and_no_next_start_is_spoken_of()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));

        story.Apply(StorySpecs.Of(
            "default", new PolicySpec { Healing = new HealingPolicy { HangWait = TimeSpan.FromSeconds(30) } }));
        story.Run(1);

        Assert.Equal(
            "a changes: limits of repair in place",
            story.Events.Last(e => e.Name == "instanceRevised").Reason.Message);
    }
}
