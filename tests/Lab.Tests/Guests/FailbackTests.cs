using System.Net;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 6 with real guests: what lost its node goes home, and its addresses go with it both ways.</summary>
[Collection(GuestsAlone.Name)]
public sealed class FailbackTests(GuestLab lab)
{
    private const string Name = "homing";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task WhatPrefersANodeComesHomeOnceThatIsWellAndAnswersAtItsAddressesWhereverItIs()
    {
        await using var soon = await lab.PolicyAsync("placement: {failbackAfter: 0s}");
        var whole = await lab.WholeAsync();
        var home = whole.Nodes.Values.OrderBy(node => node.Name).First(node => node.Instances.IsEmpty).Name;
        await lab.Client.ApplyAsync(Objects(home), Cancel);
        var before = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Name} is ready on {home}", 120,
            now => now.AllReady && now.Instances.GetValueOrDefault(Name)?.Node == home, Cancel));
        var machines = lab.Stage.Machines();
        var card = Assert.Single(before.Instances[Name].Addresses);
        await AnswersAsync(card, home);

        await lab.DoAsync("power-off", home);
        var away = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Name} is ready elsewhere", 120, now => now.AllReady && now.Instances[Name].Node != home, Cancel));
        Assert.Equal(card, Assert.Single(away.Instances[Name].Addresses));
        await AnswersAsync(card, away.Instances[Name].Node!);

        await lab.DoAsync("power-on", home);
        var back = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Name} is home again", 150, now => now.AllReady && now.Instances[Name].Node == home, Cancel));
        Assert.Equal(before.Instances[Name].Generation + 2, back.Instances[Name].Generation);
        Assert.Equal(card, Assert.Single(back.Instances[Name].Addresses));
        await AnswersAsync(card, home);

        lab.AssertUntouched(machines, whole.Instances.Keys);
        await lab.Client.DeleteAsync("PlacementRule", [Name], Cancel);
        await lab.Client.DeleteAsync("VirtualMachine", [Name], Cancel);
        await lab.Stage.WaitAsync($"{Name} is gone", 60, now => !now.Instances.ContainsKey(Name), Cancel);
        await lab.WholeAsync();
    }

    /// <summary>
    /// The guest answers at its address, and the switch of the node's rack sends its frames to that node's port.
    /// </summary>
    private async Task AnswersAsync(AddressView card, string node)
    {
        var guest = new IPEndPoint(IPAddress.Parse(card.Address.Split('/')[0]), 80);
        var answer = await WebLoad.GetAsync(lab.Plan.Namespace(LabNetwork.Controllers), guest, "/healthz", Cancel);
        Assert.Contains(" 200 ", answer, StringComparison.Ordinal);
        var rack = LabTarget.Node(lab.Plan, node).Rack;
        var learnt = await Tool.RunAsync(
            "bridge", ["-n", lab.Plan.Namespace(LabNetwork.Switches), "fdb", "show", "br", rack]);
        Assert.Contains($"{card.Mac} dev {node} ", learnt, StringComparison.Ordinal);

        var neighbour = await Tool.RunAsync(
            "ip", ["-n", lab.Plan.Namespace(LabNetwork.Controllers), "neigh", "show", $"{guest.Address}"]);
        Assert.Contains($"lladdr {card.Mac} ", neighbour, StringComparison.Ordinal);
    }

    private static string Objects(string home) => $$"""
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: {{Name}}}
        spec:
          vcpus: 1
          memory: 96MiB
          image: lab
          networks: [lab]
          failback: true
          application:
            command: [/srv/bin/web]
            probe: {kind: http, port: 80, path: /healthz, period: 1s}
        ---
        apiVersion: havm/v1
        kind: PlacementRule
        metadata: {name: {{Name}}}
        spec:
          pin: [{{Name}}]
          to:
            - node: {{home}}
        """;
}
