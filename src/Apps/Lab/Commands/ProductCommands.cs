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
        controller is null ? Product("Controller", "havm-controller", "controller") : Shell(controller))
    {
        Doctor = Doctor(),
    };

    /// <summary>`havm`, which diagnoses nodes; where it was not built, the one that is installed.</summary>
    private static string Doctor() => Places("Cli", "havm").FirstOrDefault(File.Exists) ?? "/usr/bin/havm";

    private static string[] Shell(string command) => ["sh", "-c", command];

    private static string[] Product(string project, string file, string role)
    {
        var places = Places(project, file);
        var found = places.FirstOrDefault(File.Exists) ?? throw new LabRefusal(
            "lab", $"--{role}-command", $"the executable {file} is neither at {places[0]} nor at {places[1]}",
            $"Build it (dotnet build -c Release), or name another command with --{role}-command");
        return [found, "--config", $"{{dir}}/{role}.json"];
    }

    /// <summary>artifacts/bin/Lab/release/ leads to artifacts/bin/PROJECT/release/.</summary>
    private static string[] Places(string project, string file)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return
        [
            Path.Combine(here, file),
            Path.GetFullPath(Path.Combine(here, "../..", project, Path.GetFileName(here), file)),
        ];
    }
}
