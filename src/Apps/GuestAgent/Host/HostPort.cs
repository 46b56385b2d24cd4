using System.Runtime.InteropServices;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent.Host;

/// <summary>
/// The guest's end of the line to the host agent: a virtio-serial device, or a unix socket. The device stays open
/// for good and says by a hang-up that the host's end is closed; a socket is connected again each time. Either
/// way an absent host is looked for at <see cref="LookPeriod"/>, never in a busy loop.
/// </summary>
internal sealed unsafe class HostPort(string path, bool isSocket)
{
    /// <summary>How often an absent host is looked for.</summary>
    public static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(0.1);

    /// <summary>What a host that does not read may leave unsent; beyond it messages are dropped whole.</summary>
    private const int MaxPending = 128 * 1024;

    private readonly byte[] _chunk = new byte[4096];
    private byte[] _pending = [];
    private int _descriptor = -1;

    /// <summary>True while the host's end is open.</summary>
    public bool Connected { get; private set; }

    /// <summary>What to wait for; a descriptor of -1 is skipped by poll.</summary>
    public Libc.PollEntry Wanted => new()
    {
        Descriptor = Connected ? _descriptor : -1,
        Wanted = (short)(Libc.PollIn | (_pending.Length > 0 ? Libc.PollOut : 0)),
    };

    /// <summary>Looks whether the absent host has come; true when it has just come.</summary>
    public bool Look()
    {
        if (Connected)
        {
            return false;
        }

        if (_descriptor < 0)
        {
            _descriptor = isSocket
                ? Addresses.ConnectUnix(path)
                : Libc.Open(path, Libc.ReadWrite | Libc.NonBlock | Libc.CloseOnExec, 0);
        }

        Connected = _descriptor >= 0 && (Seen() & Libc.PollHangUp) == 0;
        if (Connected)
        {
            // Ends whatever line the last connection tore.
            _pending = "\n"u8.ToArray();
        }

        return Connected;
    }

    /// <summary>Moves bytes after poll; false when the host has left. What it sent before goes to the buffer.</summary>
    public bool Move(short seen, Wire.Guest.GuestLineBuffer lines)
    {
        bool open = true;
        if ((seen & (Libc.PollIn | Libc.PollHangUp | Libc.PollError)) != 0)
        {
            open = ReadAll(lines);
        }

        if (!open || (seen & Libc.PollHangUp) != 0 || !WritePending())
        {
            Leave(lines);
        }

        return Connected;
    }

    /// <summary>Sends a line as soon as the host takes it.</summary>
    public void Send(ReadOnlySpan<byte> line)
    {
        if (Connected && _pending.Length + line.Length <= MaxPending)
        {
            _pending = [.. _pending, .. line];
            _ = WritePending();
        }
    }

    private short Seen()
    {
        var entry = new Libc.PollEntry { Descriptor = _descriptor, Wanted = Libc.PollIn };
        return Libc.Poll(&entry, 1, 0) < 0 ? Libc.PollHangUp : entry.Seen;
    }

    private bool ReadAll(Wire.Guest.GuestLineBuffer lines)
    {
        fixed (byte* chunk = _chunk)
        {
            while (true)
            {
                nint count = Libc.Read(_descriptor, chunk, _chunk.Length);
                if (count <= 0)
                {
                    return count < 0 && Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted;
                }

                lines.Add(new ReadOnlySpan<byte>(chunk, (int)count));
                if (count < _chunk.Length)
                {
                    return true;
                }
            }
        }
    }

    private bool WritePending()
    {
        while (_pending.Length > 0)
        {
            nint count;
            fixed (byte* bytes = _pending)
            {
                count = Libc.Write(_descriptor, bytes, _pending.Length);
            }

            if (count < 0)
            {
                return Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted;
            }

            _pending = _pending[(int)count..];
        }

        return true;
    }

    private void Leave(Wire.Guest.GuestLineBuffer lines)
    {
        Connected = false;
        _pending = [];
        lines.EndConnection();
        if (isSocket)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
