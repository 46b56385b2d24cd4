using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>A guest and the machine process around it. Scenarios play the guest's part through its verbs.</summary>
public sealed class SimulatedGuest
{
    private Action<MachineSign>? _listener;

    internal SimulatedGuest(SimulatedProcess process, SeatGoal seat)
    {
        Process = process;
        Seat = seat;
        process.OnEnd(() => Tell(new MachineSign(MachineSignKind.Exited, "the process is gone")));
    }

    public SimulatedProcess Process { get; }

    public SeatGoal Seat { get; }

    /// <summary>True while vCPUs run.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>True after a panic, until a reset.</summary>
    public bool HasPanicked { get; private set; }

    /// <summary>True when the last shutdown that was asked for has reached the guest.</summary>
    public bool IsAskedToShutDown { get; private set; }

    /// <summary>Disk operations so far.</summary>
    public long DiskOperations { get; set; }

    /// <summary>CPU time of its process so far.</summary>
    public TimeSpan CpuTime { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Is a monitor command answered?</summary>
    internal bool Answers => Process is { IsAlive: true, IsFrozen: false };

    /// <summary>The guest agent speaks; nothing comes out of a machine whose vCPUs are held.</summary>
    public void Say(MachineSignKind kind)
    {
        if (IsRunning)
        {
            Tell(new MachineSign(kind));
        }
    }

    /// <summary>The guest's kernel panics; the machine pauses.</summary>
    public void Panic()
    {
        HasPanicked = true;
        Tell(new MachineSign(MachineSignKind.Panic));
        Hold();
    }

    /// <summary>The guest powers itself off.</summary>
    public void ShutDown()
    {
        Tell(new MachineSign(MachineSignKind.GuestShutdown, "guest-shutdown"));
        Process.Kill();
    }

    internal void Listen(Action<MachineSign>? listener) => _listener = listener;

    internal bool Release()
    {
        if (!Answers || HasPanicked)
        {
            return false;
        }

        if (!IsRunning)
        {
            IsRunning = true;
            Tell(new MachineSign(MachineSignKind.Running));
        }

        return true;
    }

    internal bool Hold()
    {
        if (!Answers)
        {
            return false;
        }

        if (IsRunning)
        {
            IsRunning = false;
            Tell(new MachineSign(MachineSignKind.Held));
        }

        return true;
    }

    internal bool Reset()
    {
        if (Answers)
        {
            HasPanicked = false;
        }

        return Release();
    }

    internal bool AskShutdown()
    {
        IsAskedToShutDown |= Answers;
        return Answers;
    }

    private void Tell(MachineSign sign) => _listener?.Invoke(sign);
}
