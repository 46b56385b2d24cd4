using System.CommandLine;
using Havm.Lab.Ground;

namespace Havm.Lab.Commands;

/// <summary>kill-vm, hang-guest, panic-guest.</summary>
internal static class GuestVerbs
{
    private static readonly Argument<string> Instance = new("INSTANCE");

    public static IEnumerable<Command> All() =>
    [
        Verb("kill-vm", "Kill an instance's QEMU", (faults, instance) =>
        {
            faults.Kill(instance);
            return Task.CompletedTask;
        }),
        Verb("hang-guest", "Make a guest's kernel hang", (faults, instance) => faults.TellAsync(instance, "hang")),
        Verb("panic-guest", "Make a guest's kernel panic", (faults, instance) => faults.TellAsync(instance, "panic")),
    ];

    private static Command Verb(string name, string description, Func<GuestFaults, string, Task> act)
    {
        var verb = new Command(name, description) { Instance, LabCommandLine.Name };
        verb.SetAction((parse, _) => LabCommandLine.ChangeAsync(
            parse, plan => act(new GuestFaults(plan), parse.GetRequiredValue(Instance))));
        return verb;
    }
}
