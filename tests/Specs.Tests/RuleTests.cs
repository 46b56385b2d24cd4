using Havm.Model;

namespace Havm.Specs.Tests;

/// <summary>
/// What fields must be together: refused in one go with everything else, whatever other fields are bad, and never for
/// a field that could not be read.
/// </summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("{kind: http}", "port: is missing, and kind is http")]
    [InlineData("{kind: tcp}", "port: is missing, and kind is tcp")]
    [InlineData("{kind: command}", "command: is missing, and kind is command")]
    [InlineData("{kind: http, port: 80}")]
    [InlineData("{kind: tcp, port: 80}")]
    [InlineData("{kind: tcp, port: 80, path: /}", "path: is for http probes alone")]
    [InlineData("{port: 80}", "port: stands beside kind none")]
    [InlineData("{kind: tcp, port: 80, period: 2s, timeout: 3s}", "timeout: is 3s, longer than the period")]
    public void A_probe_has_what_its_kind_asks_for_and_nothing_else(string probe, params string[] refused) =>
        Assert.Equal(refused, ErrorsOf(probe));

    [Theory]
    [InlineData("{kind: http, period: 5}", "period: is \"5\", which has no unit", "port: is missing, and kind is http")]
    [InlineData("{kind: tcp, misses: 0, periode: 5s}", "misses: is 0, less than 1", "port: is missing, and kind is tcp",
        "periode: the key \"periode\" is not known here")]
    [InlineData("{kind: tcp, path: x, port: 80}",
        "path: is \"x\", not a legal absolute path", "path: is for http probes alone")]
    public void Other_bad_fields_do_not_hide_that_a_port_is_missing(string probe, params string[] refused) =>
        Assert.Equal(refused.Order(), ErrorsOf(probe).Order());

    [Theory]
    [InlineData("{kind: htp}", "kind: is \"htp\", which is not known")]
    [InlineData("{kind: http, port: 0}", "port: is 0, less than 1")]
    [InlineData("{kind: tcp, port: 80, period: 1, timeout: 3s}", "period: is \"1\", which has no unit")]
    public void Of_a_field_that_was_not_read_nothing_more_is_said(string probe, params string[] refused) =>
        Assert.Equal(refused, ErrorsOf(probe));

    [Fact]
    public void Every_kind_is_judged_whole_although_a_field_is_bad()
    {
        const string text = """
            apiVersion: havm/v1
            kind: Node
            metadata: {name: n1}
            spec: {rack: r1, cpus: 0, memory: 1GiB, bmc: {driver: ipmi, address: a, timeout: 1, systemId: x}}
            ---
            apiVersion: havm/v1
            kind: Network
            metadata: {name: lan}
            spec: {cidr: 10.1.0.1/24, gateway: nowhere, range: {first: 10.1.0.9, last: 10.1.0.4}}
            ---
            apiVersion: havm/v1
            kind: Image
            metadata: {name: i}
            spec: {datastore: No, kernel: k}
            """;

        Assert.Equal(
            [
                "spec.cpus", "spec.bmc.credentialsFile", "spec.bmc.timeout", "spec.bmc.systemId", "spec.cidr",
                "spec.gateway", "spec.range", "spec.datastore", "spec.kernel",
            ],
            SpecParser.Parse(text, "file").Errors.Select(error => error.Field));
    }

    /// <summary>"FIELD: REASON" of each error in a role's probe.</summary>
    private static string[] ErrorsOf(string probe)
    {
        string text = "apiVersion: havm/v1\nkind: Service\nmetadata: {name: s}\n"
            + "spec: {roles: [{name: web, type: web, instances: 1, vcpus: 1, memory: 96MiB, image: lab, "
            + $"command: [/srv/web], probe: {probe}}}]}}\n";
        return [.. SpecParser.Parse(text, "file").Errors.Select(error =>
        {
            Assert.StartsWith("spec.roles[0].probe.", error.Field);
            return $"{error.Field["spec.roles[0].probe.".Length..]}: {error.Reason}";
        })];
    }
}
