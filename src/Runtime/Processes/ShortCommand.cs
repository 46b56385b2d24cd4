using System.ComponentModel;
using System.Diagnostics;

namespace Havm.Runtime.Processes;

/// <summary>Runs one of the system's own tools to its end and keeps what it said.</summary>
public static class ShortCommand
{
    /// <summary>
    /// Runs <paramref name="program"/> and waits for its end; past the time-out it is killed and counts as failed.
    /// A program that cannot be executed is a failure with a sentence, not an exception; only cancelling throws.
    /// </summary>
    /// <param name="input">Written to its standard input; empty for none.</param>
    public static async Task<ShortCommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string input, TimeSpan timeout, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            using var process = Process.Start(start)
                ?? throw new InvalidOperationException($"{program} was started as another process");
            return await FinishAsync(process, input, deadline.Token);
        }
        catch (Win32Exception e)
        {
            return new ShortCommandResult(-1, "", $"{program} cannot be executed: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ShortCommandResult(-1, "", $"{program} did not end within {timeout.TotalSeconds:0.#} s");
        }
    }

    private static async Task<ShortCommandResult> FinishAsync(Process process, string input, CancellationToken cancel)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var error = process.StandardError.ReadToEndAsync(cancel);
            await WriteInputAsync(process, input, cancel);
            await process.WaitForExitAsync(cancel);
            return new ShortCommandResult(process.ExitCode, await output, (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static async Task WriteInputAsync(Process process, string input, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code and its words say why.
        }
    }
}

/// <summary>How a tool ended.</summary>
/// <param name="ExitCode">-1 when it never ran or was killed.</param>
/// <param name="Error">What it wrote to standard error, without the last newline.</param>
public sealed record ShortCommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
