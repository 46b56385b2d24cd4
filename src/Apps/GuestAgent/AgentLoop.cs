using System.Collections.Immutable;
using Havm.Guest.Agent;
using Havm.GuestAgent.Host;
using Havm.GuestAgent.Kernel;
using Havm.GuestAgent.Supervision;
using Havm.Wire.Guest;

namespace Havm.GuestAgent;

/// <summary>Why the loop ended.</summary>
internal enum LoopEnd
{
    /// <summary>The agent was asked to end, and the role has ended.</summary>
    Exit,

    /// <summary>The host ordered the shutdown, and the role has ended.</summary>
    PowerOff,
}

/// <summary>
/// The agent's one thread: waits in poll for port, role, its output, probe, signal, who asks for metadata or the next
/// due time, hands each fact to <see cref="AgentMachine"/> and does what it wants done.
/// </summary>
internal sealed unsafe class AgentLoop(
    AgentMachine machine, HostPort port, MetadataPort metadata, RoleRecord record, RoleOutput output,
    int endDescriptor)
{
    /// <summary>Entries of poll before those of the metadata port.</summary>
    private const int Own = 5;

    private readonly Queue<AgentInput> _inputs = new();
    private readonly GuestLineBuffer _lines = new();
    private readonly RoleProcess _role = new(record, output);
    private readonly ProbeRun _probe = new();
    private bool _endSeen;
    private LoopEnd? _end;

    /// <summary>Runs until the machine says that it is over.</summary>
    public LoopEnd Run()
    {
        while (_end is null)
        {
            if (port.Look())
            {
                _inputs.Enqueue(new AgentInput.HostCame());
            }

            metadata.Look(Libc.Uptime());
            _inputs.Enqueue(new AgentInput.Ticked());
            HandleAll();
            if (_end is null)
            {
                Wait();
                HandleAll();
            }
        }

        return _end.Value;
    }

    private void Wait()
    {
        Libc.PollEntry* entries = stackalloc Libc.PollEntry[Own + MetadataPort.Entries];
        entries[0] = port.Wanted;
        entries[1] = _role.Wanted;
        entries[2] = _probe.Wanted;
        entries[3] = new() { Descriptor = _endSeen ? -1 : endDescriptor, Wanted = Libc.PollIn };
        entries[4] = output.Wanted;
        metadata.Want(entries + Own);
        if (Libc.Poll(entries, Own + MetadataPort.Entries, WaitMilliseconds()) <= 0)
        {
            return;
        }

        if (entries[0].Seen != 0)
        {
            MovePort(entries[0].Seen);
        }

        if (entries[4].Seen != 0)
        {
            TakeOutput(output.Move());
        }

        if (entries[1].Seen != 0 && _role.Reap() is { } code)
        {
            // Its last words explain its end, and come before it.
            TakeOutput(output.Drain());
            _inputs.Enqueue(new AgentInput.RoleExited(code));
        }

        if (entries[2].Seen != 0 && _probe.Continue() is { } passed)
        {
            _inputs.Enqueue(new AgentInput.ProbeAnswered(passed));
        }

        if (entries[3].Seen != 0)
        {
            _endSeen = true;
            _inputs.Enqueue(new AgentInput.EndAsked());
        }

        foreach (var (connection, request) in metadata.Move(entries + Own))
        {
            _inputs.Enqueue(new AgentInput.MetadataAsked(connection, request, DateTimeOffset.UtcNow));
        }
    }

    private void TakeOutput(ImmutableArray<byte> written)
    {
        if (!written.IsEmpty)
        {
            _inputs.Enqueue(new AgentInput.RoleWrote(written));
        }
    }

    private void MovePort(short seen)
    {
        bool open = port.Move(seen, _lines);
        while (_lines.TryTake(out GuestLine line))
        {
            _inputs.Enqueue(new AgentInput.LineHeard(line));
        }

        if (!open)
        {
            _inputs.Enqueue(new AgentInput.HostLeft());
        }
    }

    /// <summary>Rounded up: a wait that ends early would only come round again.</summary>
    private int WaitMilliseconds()
    {
        TimeSpan now = Libc.Uptime();
        TimeSpan? wait = machine.NextDue is { } due ? due - now : null;
        if (metadata.Due is { } look && (wait is null || wait > look - now))
        {
            wait = look - now;
        }

        if (!port.Connected && (wait is null || wait > HostPort.LookPeriod))
        {
            wait = HostPort.LookPeriod;
        }

        return wait is { } time ? (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, 3_600_000) : -1;
    }

    private void HandleAll()
    {
        while (_end is null && _inputs.TryDequeue(out AgentInput? input))
        {
            foreach (AgentEffect effect in machine.Handle(input, Libc.Uptime()))
            {
                Do(effect);
            }
        }
    }

    private void Do(AgentEffect effect)
    {
        switch (effect)
        {
            case AgentEffect.Say say:
                port.Send(GuestLine.Encode(say.Message));
                break;
            case AgentEffect.StartRole start:
                bool started = _role.Start(start.Role, start.Instance, start.Generation);
                _inputs.Enqueue(started ? new AgentInput.RoleStarted() : new AgentInput.RoleExited(127));
                break;
            case AgentEffect.EndRole end:
                _role.End(end.Kill);
                break;
            case AgentEffect.StartProbe start:
                if (!_probe.Start(start.Probe))
                {
                    _inputs.Enqueue(new AgentInput.ProbeAnswered(false));
                }

                break;
            case AgentEffect.DropProbe:
                _probe.Drop();
                break;
            case AgentEffect.Answer answer:
                metadata.Answer(answer.Connection, answer.Said);
                break;
            case AgentEffect.PowerOff:
                _end = LoopEnd.PowerOff;
                break;
            case AgentEffect.Exit:
                _end = LoopEnd.Exit;
                break;
            case AgentEffect.Note note:
                Log.Write(note.Text);
                break;
        }
    }
}
