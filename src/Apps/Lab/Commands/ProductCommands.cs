using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>Finds the product's executables beside this one: in one directory, or in the build's output tree.</summary>
public static class ProductCommands
{
    /// <summary>The three command lines; what a person gave in their place is run by a shell.</summary>
    /// <exception cref="LabRefusal">An executable is missing.</exception>
    public static LabCommands Find(string? agent, string? warden, string? controller) => new(
        agent is null ? Product("HostAgent", "havm-agent", "agent") : Shell(agent),
        warden is null ? Product("Warden", "havm-warden", "warden") : Shell(warden),
        controller is null ? Product("Controller", "havm-controller", "controller") : Shell(controller));

    private static string[] Shell(string command) => ["sh", "-c", command];

    private static string[] Product(string project, string file, string role)
    {
        // artifacts/bin/Lab/release/ -> artifacts/bin/PROJECT/release/
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var built = Path.GetFullPath(Path.Combine(here, "../..", project, Path.GetFileName(here), file));
        string[] places = [Path.Combine(here, file), built];
        var found = places.FirstOrDefault(File.Exists) ?? throw new LabRefusal(
            "lab", $"--{role}-command", $"the executable {file} is neither at {places[0]} nor at {places[1]}",
            $"Build it (dotnet build -c Release), or name another command with --{role}-command");
        return [found, "--config", $"{{dir}}/{role}.json"];
    }
}
