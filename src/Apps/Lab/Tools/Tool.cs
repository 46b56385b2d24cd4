using System.ComponentModel;
using System.Diagnostics;

namespace Havm.Lab.Tools;

/// <summary>Runs one short-lived tool of the machine (ip, nft, nsenter, ...) to its end.</summary>
public static class Tool
{
    /// <summary>Runs and returns standard output.</summary>
    /// <exception cref="LabFailure">The tool ended with another code than 0; carries its own words.</exception>
    /// <exception cref="LabRefusal">The tool is not installed.</exception>
    public static async Task<string> RunAsync(string file, IEnumerable<string> arguments, string? input = null)
    {
        var (code, output, error) = await TryAsync(file, arguments, input);
        return code == 0
            ? output
            : throw new LabFailure($"{file} {string.Join(' ', arguments)} ended with {code}: {error.Trim()}");
    }

    /// <summary>Runs and returns exit code and both outputs; a failing tool is the caller's to judge.</summary>
    public static async Task<(int Code, string Output, string Error)> TryAsync(
        string file, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LabFailure($"{start.FileName} did not start");
        }
        catch (Win32Exception missing)
        {
            throw new LabRefusal(
                "machine", start.FileName, missing.Message,
                "Install iproute2, util-linux, nftables and bindfs, or start the lab with --no-netns");
        }
    }
}
