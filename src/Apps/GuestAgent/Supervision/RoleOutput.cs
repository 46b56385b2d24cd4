using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent.Supervision;

/// <summary>
/// What the role writes on its standard output and error: it passes through here on its way to the agent's own output,
/// the guest's console. One pipe for all of the role's lives. Nothing is read that the console has not taken: a role
/// that writes faster than its console waits for it, as it does without an agent.
/// </summary>
internal sealed unsafe class RoleOutput
{
    private const int Console = 1;

    /// <summary>A console that can be written to takes as much and keeps nobody (Linux n_tty, pipes).</summary>
    private const int Chunk = 1024;

    /// <summary>What a pipe of Linux holds.</summary>
    private const int PipeHolds = 64 * 1024;

    private readonly (int Read, int Written) _pipe = Libc.OpenPipe();
    private ReadOnlyMemory<byte> _pending;

    /// <summary>What the role gets for both; -1 where there is no pipe, and it writes to the console itself.</summary>
    public int Descriptor => _pipe.Written;

    /// <summary>What to wait for; a descriptor of -1 is skipped by poll.</summary>
    public Libc.PollEntry Wanted => _pending.IsEmpty
        ? new() { Descriptor = _pipe.Read, Wanted = Libc.PollIn }
        : new() { Descriptor = Console, Wanted = Libc.PollOut };

    /// <summary>Goes on after poll; what was read comes out.</summary>
    public ImmutableArray<byte> Move()
    {
        if (!_pending.IsEmpty)
        {
            PassOn();
            return [];
        }

        var written = Read(Chunk);
        _pending = written.AsMemory();
        return written;
    }

    /// <summary>All that an ended role has left in the pipe.</summary>
    public ImmutableArray<byte> Drain()
    {
        var left = Read(PipeHolds);
        _pending = (byte[])[.. _pending.Span, .. left];
        return left;
    }

    /// <summary>A console that is gone takes nothing, and nothing waits for it.</summary>
    private void PassOn()
    {
        nint count;
        fixed (byte* bytes = _pending.Span)
        {
            count = Libc.Write(Console, bytes, Math.Min(_pending.Length, Chunk));
        }

        bool isBusy = count < 0 && Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted;
        _pending = count > 0 ? _pending[(int)count..] : isBusy ? _pending : default;
    }

    private ImmutableArray<byte> Read(int most)
    {
        var chunk = new byte[most];
        nint count;
        fixed (byte* bytes = chunk)
        {
            count = Libc.Read(_pipe.Read, bytes, most);
        }

        return count > 0 ? [.. chunk.AsSpan(0, (int)count)] : [];
    }
}
