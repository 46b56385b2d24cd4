using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Havm.Cli.Tests;

/// <summary>What one run of the executable left behind.</summary>
internal sealed record Run(int Exit, string Out, string Error)
{
    public string[] Lines => Out.TrimEnd('\n').Split('\n');
}

/// <summary>Runs the built executable as a person's shell would.</summary>
internal static class Executable
{
    /// <summary>Nothing here takes a tenth of it; a hang ends with a clear failure.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    /// <summary>Beside the tests, where the project reference has put it.</summary>
    public static string Havm => Path.Combine(AppContext.BaseDirectory, "havm");

    public static Task<Run> RunAsync(string socket, params string[] arguments) => RunAsync(socket, "", 120, arguments);

    public static async Task<Run> RunAsync(string socket, string input, int columns, params string[] arguments)
    {
        using Process process = Start(socket, columns, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Run(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException(
                $"havm {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} s");
        }
    }

    public static Process Start(string socket, int columns, params string[] arguments)
    {
        var start = new ProcessStartInfo(Havm, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HAVM_SOCKET"] = socket;
        start.Environment["COLUMNS"] = columns.ToString();
        return Process.Start(start)!;
    }
}
