using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Havm.Model;
using Havm.Runtime.Processes;

namespace Havm.HostAgent;

/// <summary>
/// Diagnoses the machine by `havm doctor`, a process of its own at the lowest priority: what hangs or breaks in it
/// breaks nothing here, and guests come first. One at a time.
/// </summary>
/// <param name="program">The doctor.</param>
/// <param name="config">The node's configuration, which it is given.</param>
public sealed class DoctorRun(string program, string config)
{
    /// <summary>Time in which it ends by itself before it is ended.</summary>
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(5);

    /// <summary>Checks about parts of the machine, which no setting mends.</summary>
    private static readonly ImmutableArray<string> OfHardware = ["memory", "sensors"];

    private readonly SemaphoreSlim _one = new(1);

    public async Task<DiagnosisReport> LookAsync(DiagnosisOrder order, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            // What it needs to end is its own time, not the order's.
            var limit = order.Limit - Leave;
            var result = await ShortCommand.RunAsync(
                "nice",
                [
                    "-n", "19", program, "doctor", "--config", config, "--diagnosis", "--limit",
                    limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), "-o", "json",
                ],
                "", order.Limit, cancel);
            return new DiagnosisReport(order.Id, Read(result, program));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Its words as findings. A doctor that says nothing can tell nothing.</summary>
    public static ImmutableArray<DiagnosisFinding> Read(ShortCommandResult result, string program)
    {
        try
        {
            using var document = JsonDocument.Parse(result.Output);
            return
            [
                .. document.RootElement.GetProperty("checks").EnumerateArray().Select(Finding),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            var why = result.Error.Length > 0 ? result.Error.Split('\n')[0] : $"it ended with {result.ExitCode}";
            return
            [
                new DiagnosisFinding("doctor", "", DiagnosisResult.CannotTell, $"{program} says nothing: {why}",
                    "install the package havm on the node, or name the program in the field doctor"),
            ];
        }
    }

    private static DiagnosisFinding Finding(JsonElement check)
    {
        var result = Text(check, "result") switch
        {
            "fail" => DiagnosisResult.Fail,
            "skipped" => DiagnosisResult.CannotTell,
            _ => DiagnosisResult.Pass,
        };
        var (name, evidence) = (Text(check, "check"), Text(check, "evidence"));
        return new DiagnosisFinding(
            name, Text(check, "of"), result,
            Text(check, "reason") + (evidence.Length > 0 ? $" ({evidence})" : ""), Text(check, "remedy"))
        {
            Hardware = OfHardware.Contains(name),
        };
    }

    private static string Text(JsonElement check, string member) =>
        check.TryGetProperty(member, out var value) ? value.GetString() ?? "" : "";
}
