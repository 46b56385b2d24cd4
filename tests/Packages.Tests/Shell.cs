using System.Diagnostics;

namespace Havm.Packages.Tests;

/// <summary>How a program ended, with all that it said.</summary>
internal sealed record Ended(int Code, string Words);

internal static class Shell
{
    /// <summary>Building the packages takes most of it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static Ended Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Golden.Repository(),
        };

        // As on a machine without the SDK: a program that needs it from elsewhere than its package fails.
        start.Environment.Remove("DOTNET_ROOT");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {Limit.TotalMinutes} min");
        }

        return new Ended(process.ExitCode, output.Result + error.Result);
    }

    /// <summary>What it said; fails the test where it failed.</summary>
    public static string Sure(string program, params string[] arguments)
    {
        Ended ended = Run(program, arguments);
        Assert.True(ended.Code == 0, $"{program} {string.Join(' ', arguments)}: {ended.Code}\n{ended.Words}");
        return ended.Words;
    }
}
