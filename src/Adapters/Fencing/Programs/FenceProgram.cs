using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Havm.Fencing;

/// <summary>A program to be run once.</summary>
/// <param name="File">Its absolute path.</param>
/// <param name="Arguments">Seen by everybody on the machine: never a secret.</param>
/// <param name="Input">Written to its standard input.</param>
internal sealed record ProgramCall(string File, IReadOnlyList<string> Arguments, string Input)
{
    /// <summary>What it gets besides a path and a plain locale; our own environment is not handed on.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>How it ended.</summary>
/// <param name="Code">Its exit code; null when it was ended, or never began.</param>
/// <param name="Errors">What it wrote to standard error, or why it never began.</param>
internal sealed record ProgramEnd(int? Code, string Output, string Errors)
{
    /// <summary>It did not end in its time and was ended.</summary>
    public bool TimedOut { get; init; }
}

/// <summary>
/// Runs a foreign program for a bounded time, with bounded output, in a session of its own. When its time is over, or
/// the call is cancelled, it is ended with everything that it began: a forgotten helper would hold the BMC's only
/// session, or switch something off when nobody waits for it any more.
/// </summary>
internal static partial class FenceProgram
{
    private const UnixFileMode Execute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const int Kill = 9;

    /// <summary>Time for what was killed to be gone, which it is at once unless the kernel holds it.</summary>
    private static readonly TimeSpan Going = TimeSpan.FromSeconds(1);

    /// <summary>Why a file cannot be run; null when it can.</summary>
    public static string? Obstacle(string file)
    {
        try
        {
            return !File.Exists(file) ? $"{file} is not installed"
                : (File.GetUnixFileMode(file) & Execute) == 0 ? $"{file} is not executable"
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be looked at: {error.Message}";
        }
    }

    /// <summary>Only cancelling throws.</summary>
    /// <param name="call">What to run.</param>
    /// <param name="limit">Its time.</param>
    /// <param name="bytes">Longest output and longest errors that are kept.</param>
    public static async Task<ProgramEnd> RunAsync(
        ProgramCall call, TimeSpan limit, int bytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        over.CancelAfter(limit);
        Process? process;
        try
        {
            process = Process.Start(Start(call));
        }
        catch (Win32Exception error)
        {
            return new ProgramEnd(null, "", $"{call.File} cannot be executed: {error.Message}");
        }

        using (process)
        {
            try
            {
                return await FinishAsync(process!, call.Input, bytes, over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await EndAsync(process!).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                return new ProgramEnd(null, "", "") { TimedOut = true };
            }
        }
    }

    private static ProcessStartInfo Start(ProgramCall call)
    {
        var start = new ProcessStartInfo("/usr/bin/setsid", [call.File, .. call.Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";

        // Else many agents begin each error with a page of their interpreter's complaints.
        start.Environment["PYTHONWARNINGS"] = "ignore";
        foreach ((string name, string value) in call.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task<ProgramEnd> FinishAsync(
        Process process, string input, int bytes, CancellationToken over)
    {
        Task<string> output = KeepAsync(process.StandardOutput.BaseStream, bytes, over);
        Task<string> errors = KeepAsync(process.StandardError.BaseStream, bytes, over);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), over).WaitAsync(over).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code and its words say why.
        }

        await process.WaitForExitAsync(over).ConfigureAwait(false);

        // Ends when nobody holds the other end any more: what it left behind counts as not ended.
        return new ProgramEnd(
            process.ExitCode, await output.WaitAsync(over).ConfigureAwait(false),
            await errors.WaitAsync(over).ConfigureAwait(false));
    }

    /// <summary>Reads to the end and keeps the beginning.</summary>
    private static async Task<string> KeepAsync(Stream from, int bytes, CancellationToken over)
    {
        var kept = new MemoryStream();
        byte[] buffer = new byte[4096];
        int count;
        while ((count = await from.ReadAsync(buffer, over).ConfigureAwait(false)) > 0)
        {
            kept.Write(buffer, 0, Math.Min(count, bytes - (int)kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private static async Task EndAsync(Process process)
    {
        int session = process.Id;

        try
        {
            // The tree first: what has left the session is still somebody's child while its parent lives.
            process.Kill(entireProcessTree: true);
        }
        catch (AggregateException)
        {
            // Some of it ended in between.
        }

        SendSignal(-session, Kill);
        using var going = new CancellationTokenSource(Going);
        try
        {
            await process.WaitForExitAsync(going.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Held in the kernel: it ends when that lets it go, and can do nothing more until then.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
