using System.Net;
using Havm.Lab.Client;

namespace Havm.Lab.Tests.Guests;

/// <summary>What is wrong with a spec is told at apply, each in one clear error, and changes nothing.</summary>
[Collection(GuestsAlone.Name)]
public sealed class BadInputTests(GuestLab lab)
{
    private const string Fine = "vcpus: 1, memory: 96MiB, image: lab, networks: [lab]";

    [GuestTheory]
    [InlineData("an unknown image", "vcpus: 1, memory: 96MiB, image: nowhere", "image", "nowhere")]
    [InlineData("an unknown network", "vcpus: 1, memory: 96MiB, image: lab, networks: [moon]", "networks", "moon")]
    [InlineData("an unknown set", Fine + ", availabilitySet: none-such", "availabilitySet", "none-such")]
    [InlineData(
        "an unknown datastore", Fine + ", disks: [{name: d, size: 1MiB, datastore: attic}]", "datastore", "attic")]
    [InlineData("memory that is no size", "vcpus: 1, memory: much, image: lab", "memory", "much")]
    [InlineData("no processor", "vcpus: 0, memory: 96MiB, image: lab", "vcpus", "0")]
    [InlineData("more than any node has", "vcpus: 64, memory: 96MiB, image: lab", "", "64")]
    [InlineData("a misspelt key", Fine + ", memroy: 1MiB", "memroy", "memroy")]
    [InlineData("a wrong priority", Fine + ", priority: 9", "priority", "9")]
    public async Task ABadMachineIsRefused(string what, string spec, string field, string found)
    {
        var cancel = TestContext.Current.CancellationToken;
        var text = $"{{apiVersion: havm/v1, kind: VirtualMachine, metadata: {{name: bad-0}}, spec: {{{spec}}}}}";
        var refusal = await Assert.ThrowsAsync<ApiRefusal>(() => lab.Client.ApplyAsync(text, cancel));
        Assert.Equal(HttpStatusCode.BadRequest, refusal.Status);
        var error = Assert.Single(refusal.Errors);
        Assert.True(error.Object == "VirtualMachine/bad-0", $"{what}: is told of {error.Object}");
        Assert.Contains(field, error.Field, StringComparison.Ordinal);
        Assert.Contains(found, $"{error.Field} {error.Reason}", StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        Assert.DoesNotContain(await lab.Client.InstancesAsync(cancel), instance => instance.Name == "bad-0");
    }

    [GuestTheory]
    [InlineData("kind: [", "text that is no YAML")]
    [InlineData("{apiVersion: havm/v1, kind: Ghost, metadata: {name: a}, spec: {}}", "an unknown kind")]
    [InlineData("{apiVersion: havm/v9, kind: Rack, metadata: {name: a}}", "another version")]
    [InlineData("{apiVersion: havm/v1, kind: Rack, metadata: {name: Not A Name}}", "a name that is none")]
    [InlineData("", "nothing")]
    public async Task ABadDocumentIsRefused(string text, string what)
    {
        var refusal = await Assert.ThrowsAsync<ApiRefusal>(
            () => lab.Client.ApplyAsync(text, TestContext.Current.CancellationToken));
        Assert.True(refusal.Status == HttpStatusCode.BadRequest, what);
        Assert.NotEmpty(refusal.Errors);
        Assert.All(refusal.Errors, error => Assert.NotEmpty(error.Remedy));
    }
}
