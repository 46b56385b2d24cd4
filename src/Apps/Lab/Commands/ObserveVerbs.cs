using System.CommandLine;
using System.Text.Json;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>processes, observe: the lab seen through the kernel's process table.</summary>
internal static class ObserveVerbs
{
    private static readonly JsonSerializerOptions Line = new(LabFiles.Json) { WriteIndented = false };

    public static IEnumerable<Command> All()
    {
        var processes = new Command("processes", "List the lab's QEMU processes, one JSON line each")
        {
            LabCommandLine.Name,
        };
        processes.SetAction(parse =>
        {
            foreach (var process in QemuProcessTable.Read(LabCommandLine.PlanOf(parse)))
            {
                Console.WriteLine(JsonSerializer.Serialize(process, Line));
            }
        });
        var seconds = new Option<double?>("--for") { Description = "End after so many seconds (else at Ctrl-C)" };
        var observe = new Command("observe", "Watch that no instance runs twice; exit code 1 if one did")
        {
            seconds, LabCommandLine.Name,
        };
        observe.SetAction(async (parse, cancel) =>
        {
            var plan = LabCommandLine.PlanOf(parse);
            await using var observer = new NeverTwoObserver(
                plan, meeting => Console.WriteLine(JsonSerializer.Serialize(meeting, Line)));
            var time = parse.GetValue(seconds) is { } given ? TimeSpan.FromSeconds(given) : Timeout.InfiniteTimeSpan;
            await Task.Delay(time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.WriteLine($"{observer.Looks} looks, {observer.Violations.Count} violations");
            return observer.Violations.Count == 0 ? 0 : 1;
        });
        return [processes, observe];
    }
}
