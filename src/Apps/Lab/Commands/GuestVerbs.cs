using System.CommandLine;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Tools;
using Havm.Model;

namespace Havm.Lab.Commands;

/// <summary>kill-vm, kill-role, hang-guest, panic-guest, move-by-hand.</summary>
internal static class GuestVerbs
{
    private static readonly Argument<string> Instance = LabCommandLine.Completed(
        "INSTANCE", null, plan => QemuProcessTable.Read(plan).Select(process => process.Instance).Distinct());

    public static IEnumerable<Command> All() =>
    [
        Verb("kill-vm", "Kill an instance's QEMU", (plan, instance) =>
        {
            new GuestFaults(plan).Kill(instance);
            return Task.FromResult($"QEMU of {instance} is killed: its agent sees that at once");
        }),
        Verb("kill-role", "Kill the program in a guest", async (plan, instance) =>
        {
            await new GuestFaults(plan).TellAsync(instance, "kill-role");
            return $"the program in {instance} is killed: its guest agent starts it again";
        }),
        Verb("hang-guest", "Make a guest's kernel hang", async (plan, instance) =>
        {
            await new GuestFaults(plan).TellAsync(instance, "hang");
            return $"the kernel of {instance} hangs: it is judged hung once it was silent and idle for "
                + await HangWaitAsync(plan);
        }),
        Verb("panic-guest", "Make a guest's kernel panic", async (plan, instance) =>
        {
            await new GuestFaults(plan).TellAsync(instance, "panic");
            return $"the kernel of {instance} panics: its agent is told at once";
        }),
        MoveByHand(),
    ];

    private static Command MoveByHand()
    {
        var node = LabCommandLine.Nodes("NODE");
        var verb = new Command("move-by-hand", "Kill an instance's QEMU and start the same on another node, unasked")
        {
            Instance, node, LabCommandLine.Name,
        };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var (instance, to) = (parse.GetRequiredValue(Instance), parse.GetRequiredValue(node));
            await new HandMove(plan).MoveAsync(instance, LabTarget.Node(plan, to));
            return $"{instance} runs on {to} now, and Havm was not asked: its seat follows in some seconds, "
                + "or when automation is on again";
        }));
        return verb;
    }

    private static Command Verb(string name, string description, Func<LabPlan, string, Task<string>> act)
    {
        var verb = new Command(name, description) { Instance, LabCommandLine.Name };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(
            parse, plan => act(plan, parse.GetRequiredValue(Instance))));
        return verb;
    }

    /// <summary>How long that is by the cluster's policy, and where it is set.</summary>
    private static async Task<string> HangWaitAsync(LabPlan plan)
    {
        const string Where = "(spec.healing.hangWait of Policy/default; 5s is the least)";
        try
        {
            using var client = new LabClient(plan.Paths.ApiSocket);
            var policies = await client.ObjectsAsync("Policy", CancellationToken.None);
            var set = policies.FirstOrDefault(policy => policy.Metadata.Name == "default") is { } found
                && found.Spec.TryGetProperty("healing", out var healing)
                && healing.TryGetProperty("hangWait", out var wait) ? wait.GetString() : null;
            return $"{set ?? $"{new PolicySpec().Healing.HangWait.TotalMinutes:0}m"} {Where}";
        }
        catch (Exception away) when (away is HttpRequestException or ApiRefusal)
        {
            return $"as long as the policy says {Where}";
        }
    }
}
