using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>The monitor verbs Havm uses, each typed. All throw <see cref="QmpException"/>.</summary>
internal static class QmpVerbs
{
    /// <summary>What QEMU says it is doing: one of the Run... names below, or another that QEMU knows.</summary>
    public static async Task<string> QueryStatusAsync(this QmpSession session, CancellationToken cancel)
    {
        var answer = await session.ExecuteAsync("query-status", null, cancel);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("status", out var status)
            ? status.ToString()
            : throw new QmpException(QmpTrouble.Garbled, "query-status without a status");
    }

    /// <summary>Lets vCPUs run, those of a panicked guest too: ask for the status first.</summary>
    public static Task ContAsync(this QmpSession session, CancellationToken cancel) =>
        session.ExecuteAsync("cont", null, cancel);

    public static Task StopAsync(this QmpSession session, CancellationToken cancel) =>
        session.ExecuteAsync("stop", null, cancel);

    /// <summary>Resets; after a panic the machine is left held and needs <see cref="ContAsync"/>.</summary>
    public static Task SystemResetAsync(this QmpSession session, CancellationToken cancel) =>
        session.ExecuteAsync("system_reset", null, cancel);

    /// <summary>Presses the power button.</summary>
    public static Task PowerDownAsync(this QmpSession session, CancellationToken cancel) =>
        session.ExecuteAsync("system_powerdown", null, cancel);

    /// <summary>Makes a reset reset, in a process that was told on its command line to end at one.</summary>
    public static Task ResetOnRebootAsync(this QmpSession session, CancellationToken cancel) =>
        session.ExecuteAsync("set-action", new JsonObject { ["reboot"] = "reset" }, cancel);

    /// <summary>Reads, writes and flushes of all disks since the process started.</summary>
    public static async Task<long> CountDiskOperationsAsync(this QmpSession session, CancellationToken cancel)
    {
        var answer = await session.ExecuteAsync("query-blockstats", null, cancel);
        return answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray().Sum(OperationsOf) : 0;
    }

    /// <summary>Writes a picture of the display; refused where there is none.</summary>
    public static Task ScreendumpAsync(this QmpSession session, string file, CancellationToken cancel) =>
        session.ExecuteAsync("screendump", new JsonObject { ["filename"] = file, ["format"] = "png" }, cancel);

    /// <summary>The guest's memory as it was made and plugged in, without what devices have of their own.</summary>
    public static async Task<Bytes> QueryMemoryAsync(this QmpSession session, CancellationToken cancel)
    {
        var answer = await session.ExecuteAsync("query-memory-size-summary", null, cancel);
        return new Bytes(Number(answer, "base-memory") + Number(answer, "plugged-memory"));
    }

    /// <summary>The formats in which this machine's memory can be dumped, as QEMU calls them.</summary>
    public static async Task<ImmutableArray<string>> QueryDumpFormatsAsync(
        this QmpSession session, CancellationToken cancel)
    {
        var answer = await session.ExecuteAsync("query-dump-guest-memory-capability", null, cancel);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("formats", out var formats)
            && formats.ValueKind == JsonValueKind.Array
            ? [.. formats.EnumerateArray().Select(format => format.ToString())] : [];
    }

    /// <summary>Begins to write the memory beside everything else; how it goes is asked for.</summary>
    public static Task DumpAsync(this QmpSession session, string file, string format, CancellationToken cancel) =>
        session.ExecuteAsync(
            "dump-guest-memory",
            new JsonObject
            {
                ["paging"] = false, ["protocol"] = $"file:{file}", ["detach"] = true, ["format"] = format,
            },
            cancel);

    /// <summary><c>active</c>, <c>completed</c> or <c>failed</c>, of the dump that was begun last.</summary>
    public static async Task<string> QueryDumpAsync(this QmpSession session, CancellationToken cancel)
    {
        var answer = await session.ExecuteAsync("query-dump", null, cancel);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("status", out var status)
            ? status.ToString()
            : throw new QmpException(QmpTrouble.Garbled, "query-dump without a status");
    }

    private static long OperationsOf(JsonElement device) =>
        device.TryGetProperty("stats", out var stats)
            ? Number(stats, "rd_operations") + Number(stats, "wr_operations") + Number(stats, "flush_operations")
            : 0;

    private static long Number(JsonElement stats, string member) =>
        stats.ValueKind == JsonValueKind.Object && stats.TryGetProperty(member, out var value)
            && value.TryGetInt64(out long number) ? number : 0;
}
