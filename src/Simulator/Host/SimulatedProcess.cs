namespace Havm.Simulator.Host;

/// <summary>A process of a simulated node.</summary>
public sealed class SimulatedProcess(int pid, string cgroup, IReadOnlyList<string> command)
{
    private readonly List<Action> _onEnd = [];

    public int Pid { get; } = pid;

    /// <summary>Directory of the cgroup it was born in and never leaves.</summary>
    public string Cgroup { get; } = cgroup;

    public IReadOnlyList<string> Command { get; } = command;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Stopped or stuck: alive, holding all it holds, answering nothing.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Ends it as SIGKILL does, frozen or not.</summary>
    public void Kill()
    {
        if (IsAlive)
        {
            IsAlive = false;
            _onEnd.ForEach(action => action());
        }
    }

    internal void OnEnd(Action action) => _onEnd.Add(action);
}
