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
                    Bmc = new BmcSpec { Url = "https://x", SystemId = "1", Uuid = "UUID-n1", CredentialsFile = "/x" },
                },
            },
            StorySpecs.Of("lan2", new NetworkSpec { Cidr = "10.1.8.0/24" }));

        Assert.Equal(["Network/lan2", "Node/n9"], outcome.Errors.Select(e => e.Object).Order());
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
}
