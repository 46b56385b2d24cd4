using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Dependencies that cannot be kept are refused at apply, with the reason and the remedy.</summary>
public sealed class DependencyAdmissionStories
{
    [Fact]
    public void A_target_that_is_not_there_is_refused_and_one_of_the_same_submission_is_there()
    {
        var story = Story.Of(2, 1);
        var error = Assert.Single(story.Apply(Vm("app", On("db"))).Errors);
        Assert.Equal("VirtualMachine/app spec.dependsOn[0] VirtualMachine/db does not exist",
            $"{error.Object} {error.Field} {error.Reason}");
        Assert.Empty(story.Apply(Vm("app", On("db")), Vm("db")).Errors);

        Assert.Empty(story.Apply(StorySpecs.Service("shop", 1)).Errors);
        Assert.Contains("kind: Service", Assert.Single(story.Apply(Vm("b", On("shop"))).Errors).Remedy);
        Assert.Contains("write one of web", Assert.Single(story.Apply(Vm("b", Role("shop", "api"))).Errors).Remedy);
        Assert.Empty(story.Apply(Vm("b", Role("shop", "web"))).Errors);
    }

    [Fact]
    public void A_circle_is_refused_once_and_named_whole()
    {
        var story = Story.Of(2, 1);
        Assert.Empty(story.Apply(Vm("a"), Vm("b", On("a")), Vm("c", On("b"))).Errors);
        var ledger = story.Ledger;

        var error = Assert.Single(story.Apply(Vm("a", On("c"))).Errors);
        Assert.Equal("closes a circle, VirtualMachine/a -> VirtualMachine/c -> VirtualMachine/b -> VirtualMachine/a: "
            + "nothing in it could ever be first", error.Reason);
        Assert.Equal("spec.dependsOn", error.Field);
        Assert.Same(ledger, story.Ledger);

        Assert.Single(story.Apply(Vm("x", On("y")), Vm("y", On("z")), Vm("z", On("x"))).Errors);
        Assert.Contains("itself", Assert.Single(story.Apply(Vm("s", On("s"))).Errors).Reason);
    }

    [Fact]
    public void A_role_may_depend_on_another_of_its_service_and_not_on_all_of_it()
    {
        var story = Story.Of(2, 1);
        RoleSpec Of(string name, params Dependency[] on) => new()
        {
            Name = name, Type = RoleType.Worker, Instances = 1,
            Template = StorySpecs.Template() with { DependsOn = [.. on] },
        };

        Assert.Empty(story.Apply(StorySpecs.Of("shop", new ServiceSpec
        {
            Roles = [Of("api"), Of("web", Role("shop", "api"))],
        })).Errors);
        var error = Assert.Single(story.Apply(StorySpecs.Of("shop", new ServiceSpec
        {
            Roles = [Of("api"), Of("web", new Dependency { Kind = "Service", Name = "shop" })],
        })).Errors);
        Assert.Equal("spec.roles[1].dependsOn[0]", error.Field);
    }

    [Fact]
    public void A_priority_that_says_the_contrary_is_refused_from_both_sides()
    {
        var story = Story.Of(2, 1);
        var error = Assert.Single(story.Apply(Vm("db", 3), Vm("app", 1, On("db"))).Errors);
        Assert.Contains("has priority 1 and depends on VirtualMachine/db of priority 3", error.Reason);
        Assert.Contains("write priority 1 there, or 3 here", error.Remedy);

        Assert.Empty(story.Apply(Vm("db", 1), Vm("app", 1, On("db"))).Errors);
        error = Assert.Single(story.Apply(Vm("db", 4)).Errors);
        Assert.Equal("VirtualMachine/db spec.priority", $"{error.Object} {error.Field}");
        Assert.Contains("VirtualMachine/app of priority 1 depends on it", error.Reason);
    }

    [Fact]
    public void What_others_depend_on_is_neither_deleted_nor_loses_a_role_before_them()
    {
        var story = Story.Of(2, 1);
        Assert.Empty(story.Apply(Vm("db"), StorySpecs.Service("shop", 1), Vm("app", On("db"), Role("shop", "web")))
            .Errors);

        var error = Assert.Single(story.Delete("VirtualMachine/db").Errors);
        Assert.Equal("VirtualMachine/app", error.Object);
        Assert.Equal("delete VirtualMachine/app too, or first", error.Remedy);
        var other = new RoleSpec
        {
            Name = "api", Type = RoleType.Web, Instances = 1, Template = StorySpecs.Template(),
        };
        error = Assert.Single(story.Apply(StorySpecs.Of("shop", new ServiceSpec { Roles = [other] })).Errors);
        Assert.Contains("has no role web, and VirtualMachine/app depends on it", error.Reason);
        Assert.Empty(story.Delete("VirtualMachine/db", "VirtualMachine/app").Errors);
    }

    private static Dependency On(string vm) => DependencyStories.On(vm);

    private static Dependency Role(string service, string role) =>
        new() { Kind = "Service", Name = service, Role = role };

    private static SpecObject Vm(string name, params Dependency[] on) => DependencyStories.Vm(name, [.. on]);

    private static SpecObject Vm(string name, int priority, params Dependency[] on) =>
        DependencyStories.Vm(name, priority, 64, [.. on]);
}
