using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs.Tests;

public sealed class SpecParserTests
{
    private const string Rack = "apiVersion: havm/v1\nkind: Rack\nmetadata: {name: r1}\n";

    [Fact]
    public void The_shop_example_is_read_whole()
    {
        var (objects, errors) = SpecParser.Parse(Example("shop.yaml"), "shop.yaml");

        Assert.Empty(errors);
        Assert.Equal(
            ["AvailabilitySet/shop", "Service/shop", "VirtualMachine/db-0"], objects.Select(o => o.Key.ToString()));
        var web = Assert.IsType<ServiceSpec>(objects[1].Spec).Roles[0];
        Assert.Equal((RoleType.Web, 2, Bytes.MiB(112)), (web.Type, web.Instances, web.Template.Memory));
        ProbeSpec probe = web.Template.Application!.Probe;
        Assert.Equal((ProbeKind.Http, 80, "/healthz"), (probe.Kind, probe.Port, probe.Path));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (probe.Period, probe.Timeout));
        var machine = Assert.IsType<VirtualMachineSpec>(objects[2].Spec);
        Assert.Equal((Bytes.MiB(64), WantedState.Running), (machine.Disks[0].Size, machine.Wanted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing but words\n---\n  \n...\n")]
    public void An_input_without_an_object_is_refused_by_its_name(string text)
    {
        SpecError error = Assert.Single(SpecParser.Parse(text, "empty.yaml").Errors);
        Assert.Equal(("empty.yaml", "holds no object"), (error.Object, error.Reason));
    }

    [Theory]
    [InlineData("environment: {A: b}", "environment")]
    [InlineData("probe: {kind: tcp, port: 80}", "probe")]
    [InlineData("restart: {limit: 3}", "restart")]
    public void What_is_asked_of_a_program_that_is_not_named_is_refused(string asked, string field)
    {
        string machine = "apiVersion: havm/v1\nkind: VirtualMachine\nmetadata: {name: a}\n"
            + $"spec: {{vcpus: 1, memory: 96MiB, image: lab, application: {{{asked}}}}}\n";
        string service = "apiVersion: havm/v1\nkind: Service\nmetadata: {name: s}\n"
            + "spec: {roles: [{name: web, type: web, instances: 1, vcpus: 1, memory: 96MiB, image: lab, "
            + asked + "}]}\n";

        foreach (var (text, at) in new[]
        {
            (machine, $"spec.application.{field}"), (service, $"spec.roles[0].{field}"),
        })
        {
            SpecError error = Assert.Single(SpecParser.Parse(text, "file").Errors);
            Assert.Equal((at, "stands without a command"), (error.Field, error.Reason));
        }
    }

    [Fact]
    public void More_than_a_mebibyte_is_refused_unread()
    {
        string text = Rack + "#" + new string('x', SpecParser.MaxBytes);
        Assert.Equal("is larger than 1 MiB", Assert.Single(SpecParser.Parse(text, "big").Errors).Reason);
    }

    [Fact]
    public void Endless_nesting_is_refused_where_it_gets_too_deep()
    {
        string text = Rack + "spec: " + new string('[', 200_000);
        SpecError error = Assert.Single(SpecParser.Parse(text, "deep").Errors);
        Assert.Equal("is nested deeper than 32 levels", error.Reason);
        Assert.Equal(4, error.Line);
    }

    [Fact]
    public void A_binary_file_is_refused_with_the_place_of_its_first_control_character()
    {
        SpecError error = Assert.Single(SpecParser.Parse(Rack + "spec:\0{}", "image.qcow2").Errors);
        Assert.Equal((4, 6), (error.Line, error.Column));
    }

    [Fact]
    public void Json_is_read_too_with_tabs_and_as_a_list()
    {
        const string One = "{\"apiVersion\": \"havm/v1\", \"kind\": \"Rack\", \"metadata\": {\"name\": \"r1\"}";
        string json = $"[\n\t{One}}},\n\t{One.Replace("r1", "r2")}, \"spec\": {{}}}}\n]";
        var (objects, errors) = SpecParser.Parse(json, "racks.json");
        Assert.Empty(errors);
        Assert.Equal(["r1", "r2"], objects.Select(o => o.Metadata.Name));
    }

    [Fact]
    public void Anchors_and_merges_work_within_a_document_and_written_keys_win()
    {
        const string Text = """
            apiVersion: havm/v1
            kind: Service
            metadata: {name: shop}
            spec:
              roles:
                - &web {name: web, type: web, instances: 2, vcpus: 1, memory: 96MiB, image: lab}
                - <<: *web
                  name: worker
                  type: worker
            """;
        var (objects, errors) = SpecParser.Parse(Text, "input");
        Assert.Empty(errors);
        var roles = Assert.IsType<ServiceSpec>(Assert.Single(objects).Spec).Roles;
        Assert.Equal(("worker", RoleType.Worker, 2), (roles[1].Name, roles[1].Type, roles[1].Instances));
    }

    [Theory]
    [InlineData("[fencing, rebalance]", null, null)]
    [InlineData("[partitionGuard]", "is safety", "fencing, recovery, powerOn")]
    [InlineData("[leases]", "is safety", "fencing")]
    [InlineData("[fence]", "is not known", "fencing")]
    [InlineData("[fencing, fencing]", "stands twice", "keep one")]
    public void Only_rules_of_automation_can_observe_and_safety_says_why_it_cannot(
        string rules, string? reason, string? remedy)
    {
        var (_, errors) = SpecParser.Parse(
            $"apiVersion: havm/v1\nkind: Policy\nmetadata: {{name: default}}\nspec: {{observe: {rules}}}\n", "policy");

        Assert.Equal(reason is null ? 0 : 1, errors.Length);
        Assert.All(errors, error => Assert.Contains(reason!, error.Reason));
        Assert.All(errors, error => Assert.Contains(remedy!, error.Remedy));
    }

    [Fact]
    public void A_slip_in_one_document_does_not_hide_the_errors_of_the_next()
    {
        var (_, errors) = SpecParser.Parse($"a: [1\n---\n{Rack}spec: {{x: 1}}\n", "input");
        Assert.Equal(["document 1", "Rack/r1"], errors.Select(e => e.Object));
        Assert.Equal(6, errors[1].Line);
    }

    [Fact]
    public void A_tab_is_named_with_its_line()
    {
        SpecError error = Assert.Single(SpecParser.Parse($"{Rack}spec:\n\tx: 1\n", "input").Errors);
        Assert.Equal(("is indented with a tab", 5, 1), (error.Reason, error.Line, error.Column));
    }

    [Theory]
    [InlineData("9223372036854775807", "is 9223372036854775807, more than 16TiB")]
    [InlineData("99999999999999999999999999999999999999999999MiB", "more than 16TiB")]
    [InlineData("-5MiB", "is -5MiB, less than 16MiB")]
    [InlineData("MiB", "is \"MiB\", not a size")]
    [InlineData("96 mebibytes", "not a size")]
    [InlineData("{}", "is a mapping, not a size")]
    public void Sizes_out_of_bounds_or_form_are_refused(string size, string reason)
    {
        SpecError error = Assert.Single(Machine($"memory: {size}").Errors);
        Assert.Contains(reason, error.Reason);
        Assert.Equal("spec.memory", error.Field);
    }

    [Theory]
    [InlineData("96MiB", 96L << 20)]
    [InlineData("96 MiB", 96L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("100663296", 96L << 20)]
    [InlineData("\"98304KiB\"", 96L << 20)]
    public void Sizes_are_taken_in_every_legal_form(string size, long bytes)
    {
        var (objects, errors) = Machine($"memory: {size}");
        Assert.Empty(errors);
        Assert.Equal(bytes, Assert.IsType<VirtualMachineSpec>(Assert.Single(objects).Spec).Template.Memory.Value);
    }

    [Theory]
    [InlineData("500ms", "is 500ms, less than 1s")]
    [InlineData("99999999999999999999h", "more than 1m")]
    [InlineData("2 s", "not a time")]
    [InlineData("-2s", "is -2s, less than 1s")]
    [InlineData("soon", "not a time")]
    public void Times_out_of_bounds_or_form_are_refused(string time, string reason)
    {
        string text = "apiVersion: havm/v1\nkind: Policy\nmetadata: {name: default}\n"
            + $"spec: {{liveness: {{suspectAfter: {time}}}}}";
        SpecError error = Assert.Single(SpecParser.Parse(text, "input").Errors);
        Assert.Contains(reason, error.Reason);
    }

    [Fact]
    public void What_get_shows_can_be_applied_again()
    {
        string shown = Rack.Replace("r1}", "r1, revision: 7}") + "status: {phase: fine, conditions: []}\n";
        var (objects, errors) = SpecParser.Parse(shown, "input");
        Assert.Empty(errors);
        Assert.Equal("Rack/r1", Assert.Single(objects).Key.ToString());
    }

    [Fact]
    public void A_file_to_delete_by_needs_only_kinds_and_names()
    {
        var (keys, errors) = SpecParser.ParseNames(
            $"{Rack}---\n{Rack.Replace("Rack", "Service").Replace("r1", "shop")}spec: {{old: [1, 2]}}\n", "input");
        Assert.Empty(errors);
        Assert.Equal(["Rack/r1", "Service/shop"], keys.Select(k => k.ToString()));
    }

    [Fact]
    public void Instance_names_of_a_service_must_fit_too()
    {
        string text = $"apiVersion: havm/v1\nkind: Service\nmetadata: {{name: {new string('s', 58)}}}\n"
            + "spec: {roles: [{name: web, type: web, instances: 1, vcpus: 1, memory: 96MiB, image: lab}]}";
        SpecError error = Assert.Single(SpecParser.Parse(text, "input").Errors);
        Assert.Equal("metadata.name", error.Field);
        Assert.Contains("66 characters", error.Reason);
    }

    [Fact]
    public void A_hopeless_file_gets_a_bounded_answer()
    {
        string text = Rack + "spec:\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"  k{i}: 1\n"));
        var errors = SpecParser.Parse(text, "input").Errors;
        Assert.Equal(101, errors.Length);
        Assert.StartsWith("4900 more", errors[^1].Reason);
    }

    private static string Example(string name) =>
        File.ReadAllText(Path.Combine(Golden.Repository(), "examples", name));

    private static (ImmutableArray<SpecObject> Objects, ImmutableArray<SpecError> Errors) Machine(string line) =>
        SpecParser.Parse(
            "apiVersion: havm/v1\nkind: VirtualMachine\nmetadata: {name: m}\n"
            + $"spec:\n  vcpus: 1\n  image: lab\n  {line}\n",
            "input");
}
