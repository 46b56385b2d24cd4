using System.Text.Json.Nodes;
using Havm.Lab.Ground;

namespace Havm.Lab.Demo.Steps;

/// <summary>A guest goes silent and does nothing any more, though its QEMU runs on.</summary>
internal sealed class HangStep : IDemoStep
{
    /// <summary>The shortest wait that a policy may ask for; the default is 10 minutes.</summary>
    private const string Preset = "5s";

    private const string Default = "10m";

    public string Name => "hang-guest";

    public string Promise =>
        "a guest that is silent and idle for the wait is restarted where it was; the others are not touched";

    /// <summary>The wait stays at its default, so that nobody acts within the step's time.</summary>
    public string Sabotage => "long-wait";

    public async Task RunAsync(DemoStage stage, bool sabotaged, CancellationToken cancel)
    {
        var wait = sabotaged ? Default : Preset;
        var policy = await PolicyAsync(stage, cancel);
        stage.Say($"do    havm apply: Policy default with healing.hangWait {wait} (the default is {Default})");
        await stage.Client.ApplyAsync(With(policy, wait), cancel);
        try
        {
            var before = await stage.WholeAsync(60, cancel);
            var machines = stage.Machines();
            var instance = before.Instances.Values.First(i => i.Role == "web").Name;
            await stage.DoAsync(
                $"havm lab hang-guest {instance}", () => new GuestFaults(stage.Plan).TellAsync(instance, "hang"));
            await MachineFaultStep.CheckInPlaceAsync(stage, instance, before, machines, "guestHang", cancel);
        }
        finally
        {
            stage.Say($"do    havm apply: Policy default with healing.hangWait {Default} again");
            await stage.Client.ApplyAsync(With(policy, Default), cancel);
        }
    }

    /// <summary>What the policy says already; it is replaced as a whole.</summary>
    private static async Task<JsonObject> PolicyAsync(DemoStage stage, CancellationToken cancel)
    {
        var policies = await stage.Client.ObjectsAsync("Policy", cancel);
        var now = policies.FirstOrDefault(policy => policy.Metadata.Name == "default");
        return now is null ? [] : JsonNode.Parse(now.Spec.GetRawText())!.AsObject();
    }

    private static string With(JsonObject policy, string wait)
    {
        var healing = policy["healing"] as JsonObject ?? [];
        healing["hangWait"] = wait;
        policy["healing"] ??= healing;
        return "{apiVersion: havm/v1, kind: Policy, metadata: {name: default}, spec: " + policy.ToJsonString() + "}";
    }
}
