using Havm.Model;

namespace Havm.Specs.Tests;

/// <summary>How a node may say that it is switched off from outside.</summary>
public sealed class FenceFieldsTests
{
    private const string Uuid = "4c4c4544-0051-3010-8052-b4c04f4d3132";

    [Fact]
    public void A_bmc_without_a_driver_is_what_it_always_was()
    {
        FenceMethod method = Read($"url: 'https://b', systemId: '1', uuid: {Uuid}, credentialsFile: /c").Method!;

        Assert.Equal(
            new FenceMethod { Url = "https://b", SystemId = "1", Uuid = Uuid, CredentialsFile = "/c" }, method);
        Assert.Equal(TimeSpan.FromSeconds(5), method.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2), method.ReadWithin);
    }

    [Fact]
    public void Every_driver_is_read_with_its_usual_time()
    {
        FenceMethod ipmi = Read("driver: ipmi, address: 'b1:7623', credentialsFile: /c").Method!;
        Assert.Equal(("b1", 7623, TimeSpan.FromSeconds(5)), (ipmi.IpmiHost, ipmi.IpmiPort, ipmi.Timeout));
        Assert.Null(ipmi.Uuid);

        FenceMethod pdu = Read(
            "driver: fenceAgent, agent: fence_apc, parameters: {ssh: 1}, "
            + "outlets: [{plug: 7}, {plug: 8, ip: b}]").Method!;
        Assert.Equal((2, TimeSpan.FromSeconds(20)), (pdu.Outlets.Length, pdu.ReadWithin));
        Assert.Equal("fence_apc plug=7 ssh=1 and fence_apc ip=b plug=8 ssh=1", pdu.Place);
    }

    [Theory]
    [InlineData("", "url", "is missing")]
    [InlineData("driver: ipmi, address: b", "credentialsFile", "is missing")]
    [InlineData("driver: ipmi, credentialsFile: /c", "address", "is missing")]
    [InlineData("driver: fenceAgent", "agent", "is missing")]
    [InlineData("driver: ipmi, address: b, credentialsFile: /c, url: 'https://b'", "url", "stands beside driver ipmi")]
    [InlineData("driver: fenceAgent, agent: fence_a, uuid: " + Uuid, "uuid", "stands beside driver fenceAgent")]
    [InlineData("driver: lpar", "driver", "not known")]
    [InlineData("driver: ipmi, address: 'b:99999999', credentialsFile: /c", "address", "not a legal address")]
    [InlineData("driver: ipmi, address: '-b', credentialsFile: /c", "address", "not a legal address")]
    [InlineData("driver: fenceAgent, agent: ../bin/sh", "agent", "not a legal fence agent")]
    [InlineData("driver: fenceAgent, agent: fence_a, parameters: {passwd: x}", "parameters", "holds passwd")]
    [InlineData("driver: fenceAgent, agent: fence_a, parameters: {snmp_community: x}", "parameters", "community")]
    [InlineData("driver: fenceAgent, agent: fence_a, parameters: {action: reboot}", "parameters", "holds action")]
    [InlineData("driver: fenceAgent, agent: fence_a, parameters: {ip: \"a\\nb\"}", "parameters.ip", "not a legal")]
    [InlineData("driver: fenceAgent, agent: fence_a, outlets: [{}]", "outlets[0]", "is empty")]
    [InlineData("driver: fenceAgent, agent: fence_a, outlets: [{plug: 1}, {plug: 1}]", "outlets[1]", "stands twice")]
    [InlineData("driver: fenceAgent, agent: fence_a, outlets: [{token: 1}]", "outlets[0]", "holds token")]
    [InlineData("driver: fenceAgent, agent: fence_a, timeout: 1ms", "timeout", "less than 1s")]
    [InlineData("driver: ipmi, address: b, credentialsFile: /c, datastores: [s]", "datastores",
        "stands beside driver ipmi")]
    [InlineData("driver: fenceAgent, agent: fence_a, datastores: []", "datastores", "less than 1")]
    [InlineData("driver: fenceAgent, agent: fence_a, datastores: [s, s]", "datastores[1]", "stands twice")]
    [InlineData("driver: fenceAgent, agent: fence_a, datastores: [s/1]", "datastores[0]", "not a legal name")]
    [InlineData("driver: fenceAgent, agent: fence_a, datastores: [s], outlets: [{plug: 1}]", "outlets",
        "stands beside datastores")]
    public void What_does_not_belong_together_is_refused_by_its_field(string bmc, string field, string reason)
    {
        var (_, errors) = Read(bmc);

        Assert.Contains(errors, e => e.Field == $"spec.bmc.{field}" && e.Reason.Contains(reason)
            && e.Remedy.Length > 0);
    }

    [Fact]
    public void A_ladder_is_read_in_its_order_and_one_bmc_is_a_ladder_of_one()
    {
        NodeSpec several = Node(
            "fencing: [{driver: ipmi, address: b, credentialsFile: /c, retries: 0}, "
            + "{driver: fenceAgent, agent: fence_a}]");
        Assert.Equal([FenceDriver.Ipmi, FenceDriver.FenceAgent], several.Rungs.Select(m => m.Driver));
        Assert.Equal([0, 1], several.Rungs.Select(m => m.Retries));

        NodeSpec one = Node("bmc: {driver: ipmi, address: b, credentialsFile: /c}");
        Assert.Equal([one.Bmc!], one.Rungs);
        Assert.Equal("c", ((one with { Bmc = one.Bmc! with { Address = "c" } }).Rungs[0]).IpmiHost);
        Assert.Empty(Node("watchdog: none").Rungs);
    }

    [Fact]
    public void What_cuts_off_storage_follows_what_switches_power_and_each_is_found_by_its_field()
    {
        NodeSpec node = Node(
            "fencing: [{driver: ipmi, address: b, credentialsFile: /c}, "
            + "{driver: fenceAgent, agent: fence_scsi, parameters: {plug: n1}, datastores: [a, b]}, "
            + "{driver: fenceAgent, agent: fence_mpath, datastores: [a]}]");

        Assert.Equal([FenceDriver.Ipmi], node.Rungs.Select(m => m.Driver));
        Assert.Equal(["a b", "a"], node.Cuts.Select(m => string.Join(' ', m.Datastores)));
        Assert.Equal(
            [("", "spec.fencing[0]"), ("fence_scsi", "spec.fencing[1]"), ("fence_mpath", "spec.fencing[2]")],
            node.Methods.Select(m => (m.Method.Agent ?? "", m.Field)));
    }

    [Theory]
    [InlineData("bmc: {driver: fenceAgent, agent: fence_a, datastores: [s]}", "bmc", "names datastores")]
    [InlineData(
        "fencing: [{driver: fenceAgent, agent: fence_a, datastores: [s]}, {driver: fenceAgent, agent: fence_b}]",
        "fencing[1]", "stands after one that names datastores")]
    [InlineData(
        "fencing: [{driver: fenceAgent, agent: fence_a, datastores: [s]}, "
            + "{driver: fenceAgent, agent: fence_a, datastores: [t]}]",
        "fencing[1]", "stands twice")]
    [InlineData("fencing: [{}, {}, {}, {}, {}, {}, {}, {}, {}]", "fencing", "more than 8")]
    [InlineData("bmc: {driver: ipmi, address: b, credentialsFile: /c}, fencing: []", "fencing", "stands beside bmc")]
    [InlineData("fencing: [{driver: fenceAgent, agent: fence_a}, {driver: fenceAgent, agent: fence_a}]", "fencing[1]",
        "stands twice")]
    [InlineData("fencing: [{driver: ipmi, credentialsFile: /c}]", "fencing[0].address", "is missing")]
    [InlineData("fencing: [{driver: fenceAgent, agent: fence_a, retries: 11}]", "fencing[0].retries", "more than 10")]
    public void What_is_no_ladder_is_refused_by_its_field(string fields, string field, string reason) =>
        Assert.Contains(Parse(fields).Errors, e => e.Field == $"spec.{field}" && e.Reason.Contains(reason));

    private static NodeSpec Node(string fields)
    {
        var (objects, errors) = Parse(fields);
        Assert.Empty(errors);
        return (NodeSpec)objects[0].Spec;
    }

    private static (IReadOnlyList<SpecObject> Objects, IReadOnlyList<SpecError> Errors) Parse(string fields)
    {
        var (objects, errors) = SpecParser.Parse(
            "apiVersion: havm/v1\nkind: Node\nmetadata: {name: n1}\n"
            + $"spec: {{rack: r1, cpus: 1, memory: 1GiB, {fields}}}\n", "input");
        return (objects, errors);
    }

    private static (FenceMethod? Method, IReadOnlyList<SpecError> Errors) Read(string bmc)
    {
        var (objects, errors) = Parse($"bmc: {{{bmc}}}");
        return ((objects.FirstOrDefault()?.Spec as NodeSpec)?.Bmc, errors);
    }
}
