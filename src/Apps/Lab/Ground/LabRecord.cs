using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// The machine-wide note that a lab of this name exists and where. It is written before anything else is made and
/// removed after everything else is gone, so that a killed `up` or `down` leaves a trace to clean up from.
/// </summary>
public sealed record LabRecord(string Name, string Directory)
{
    /// <summary>Holds one record and one lock per lab; emptied and removed with the last lab.</summary>
    public static string Home { get; } = Machine.IsRoot
        ? "/run/havm-lab"
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime : "/tmp",
            $"havm-lab-{Machine.UserId()}");

    private static string PathOf(string name) => $"{Home}/{name}.json";

    public static string DefaultDirectory(string name) => Machine.IsRoot
        ? $"/var/lib/havm/lab/{name}"
        : $"{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}/.havm/lab/{name}";

    public static LabRecord? Find(string name) => LabFiles.ReadJson<LabRecord>(PathOf(name));

    public void Write() => LabFiles.WriteJson(PathOf(Name), this);

    public static void Remove(string name) => File.Delete(PathOf(name));

    /// <summary>The plan of the lab that is up (or half up) under this name.</summary>
    /// <exception cref="LabRefusal">There is none.</exception>
    public static LabPlan Plan(string name)
    {
        var directory = Find(name)?.Directory ?? DefaultDirectory(name);
        return LabFiles.ReadJson<LabPlan>(new LabPaths(directory).Plan) ?? throw new LabRefusal(
            $"lab '{name}'", "--name", "no lab of this name is up" + (Machine.IsRoot ? "" : " for this user"),
            $"Start it with havm lab up --name {name}");
    }
}

/// <summary>How far `up` or `down` has come.</summary>
public enum LabPhase
{
    /// <summary>`up` is at work, or was killed at work if nobody holds the lab's lock.</summary>
    Starting,

    /// <summary>All of it was started.</summary>
    Up,

    /// <summary>`down` is at work, or was killed at work if nobody holds the lab's lock.</summary>
    Stopping,
}

/// <summary>The content of `state.json`.</summary>
public sealed record LabState(LabPhase Phase, DateTime Since)
{
    public static LabState? Read(LabPaths paths) => LabFiles.ReadJson<LabState>(paths.State);

    public static void Write(LabPaths paths, LabPhase phase) =>
        LabFiles.WriteJson(paths.State, new LabState(phase, DateTime.UtcNow));
}
