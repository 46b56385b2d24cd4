using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>SPEC 8 with real guests, whose programs read their scheduled events from inside.</summary>
[Collection(GuestsAlone.Name)]
public sealed class NoticeTests(GuestLab lab)
{
    private const string Instance = "asks-0";

    /// <summary>A guest with nothing but a shell asks once a second, and says on its console what it reads.</summary>
    private const string Objects = """
        apiVersion: havm/v1
        kind: VirtualMachine
        metadata: {name: asks-0}
        spec:
          vcpus: 1
          memory: 96MiB
          image: lab
          networks: [lab]
          failback: false
          application:
            environment: {APPROVES: "ANSWER"}
            command:
              - /bin/sh
              - -c
              - |
                at='http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01'
                while :; do
                  read=$(wget -q -O - --header 'Metadata: true' "$at")
                  id=$(echo "$read" | sed -n 's/.*"EventId":"\([^"]*\)".*/\1/p')
                  if [ -n "$id" ]; then
                    echo "reads: $read"
                    [ "$APPROVES" = no ] || wget -q -O - --header 'Metadata: true' \
                      --post-data "{\"StartRequests\":[{\"EventId\":\"$id\"}]}" "$at"
                  fi
                  sleep 1
                done
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AGuestReadsThatItsNodeIsDrainedAndItsApprovalLetsTheMoveGoOnAtOnce()
    {
        await using var policy = await lab.PolicyAsync("maintenance: {notice: 15m}");
        var node = await BeginAsync("yes");
        var sequence = (await lab.Client.StatusAsync(Cancel)).AtEvent;

        await lab.Client.DrainAsync(node, true, Cancel);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Instance} is ready elsewhere", 120,
            now => now.AllReady && now.Instances[Instance].Node != node, Cancel));

        Assert.Contains("approves", await EndedAsync(sequence));
        await lab.Client.DrainAsync(node, false, Cancel);
        await EndAsync();
    }

    [GuestFact]
    public async Task AGuestThatOnlyReadsIsMovedAtItsTime()
    {
        await using var policy = await lab.PolicyAsync("maintenance: {notice: 20s}");
        var before = await BeginAsync("no");
        var sequence = (await lab.Client.StatusAsync(Cancel)).AtEvent;
        var snapshot = await lab.WholeAsync();
        var to = snapshot.Nodes.Keys.Order(StringComparer.Ordinal).First(node => node != before);
        var console = snapshot.Instances[Instance].ConsolePath!;

        await lab.Client.MoveAsync(Instance, to, Cancel);
        var waiting = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Instance} reads of it", 60, _ => LabFiles.ReadText(console)?.Contains("reads: ") == true, Cancel));
        var noticed = waiting.Instances[Instance].Conditions.Single(c => c.Type == ConditionView.Noticed);
        var said = LabFiles.ReadText(console)!;
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Instance} is ready on {to}", 120,
            now => now.AllReady && now.Instances[Instance].Node == to, Cancel));

        Assert.Equal(before, waiting.Instances[Instance].Node);
        Assert.Contains("its guest is told ahead", noticed.Message);
        Assert.Contains("\"EventType\":\"Redeploy\"", said);
        Assert.Contains("\"EventSource\":\"User\"", said);
        Assert.Contains("approved nothing", await EndedAsync(sequence));
        await EndAsync();
    }

    /// <summary>The node on which a guest that asks is ready.</summary>
    private async Task<string> BeginAsync(string approves)
    {
        await lab.WholeAsync();
        await lab.Client.ApplyAsync(Objects.Replace("ANSWER", approves), Cancel);
        var there = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"{Instance} is ready and has asked", 120,
            now => now.AllReady && now.Instances.TryGetValue(Instance, out var guest)
                && guest.Conditions.Any(c => c is { Type: ConditionView.Noticed, Reason: "asks" }), Cancel));
        return there.Instances[Instance].Node!;
    }

    private async Task<string> EndedAsync(long sequence) =>
        Assert.Single(await lab.Client.EventsAsync(sequence, Cancel), e => e.Name == "noticeEnded").Reason!.Message;

    private async Task EndAsync()
    {
        await lab.Client.DeleteAsync("VirtualMachine", [Instance], Cancel);
        await lab.Stage.WaitAsync($"{Instance} is gone", 90, now => !now.Instances.ContainsKey(Instance), Cancel);
        await lab.WholeAsync();
        Assert.Empty(lab.Observer.Violations);
    }
}
