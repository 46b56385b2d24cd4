using Havm.GuestAgent.Kernel;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Supervision;

/// <summary>
/// The running role: a session of its own, watched through a process descriptor. When its first process ends, the
/// rest of the session is killed: a restart finds no leftover that holds its port.
/// </summary>
internal sealed class RoleProcess(RoleRecord record, RoleOutput output)
{
    private int _process;
    private int _descriptor = -1;

    /// <summary>What to wait for; a descriptor of -1 is skipped by poll.</summary>
    public Libc.PollEntry Wanted => new() { Descriptor = _descriptor, Wanted = Libc.PollIn };

    /// <summary>Starts the role; false with the reason on the console when it cannot be started.</summary>
    public bool Start(RoleSpec role, string instance, long generation)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
        {
            environment[(string)pair.Key] = (string?)pair.Value ?? "";
        }

        foreach ((string name, string value) in role.Environment ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        environment["HAVM_INSTANCE"] = instance;
        environment["HAVM_GENERATION"] = generation.ToString(System.Globalization.CultureInfo.InvariantCulture);
        int process = Spawn.Start(role.Command, environment, output.Descriptor);
        if (process < 0)
        {
            Log.Write($"cannot start role {role.Name}: {role.Command[0]}: error {-process}");
            return false;
        }

        _process = process;
        _descriptor = Libc.OpenProcess(process);
        record.Keep(process);
        return true;
    }

    /// <summary>Signals the whole session.</summary>
    public void End(bool kill)
    {
        if (_process > 0)
        {
            _ = Libc.Signal(-_process, kill ? Libc.Kill : Libc.Terminate);
        }
    }

    /// <summary>The exit code once the role has ended; null while it runs or where there is none.</summary>
    public int? Reap()
    {
        if (_process == 0 || Libc.Reap(_process) is not { } code)
        {
            return null;
        }

        _ = Libc.Signal(-_process, Libc.Kill);
        _ = Libc.Close(_descriptor);
        (_process, _descriptor) = (0, -1);
        record.Forget();
        return code;
    }
}
