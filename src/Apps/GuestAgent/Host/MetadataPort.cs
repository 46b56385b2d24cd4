using System.Runtime.InteropServices;
using Havm.Guest.Notices;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent.Host;

/// <summary>
/// The metadata address inside the guest: in a network of the agent's own, so that no request leaves the guest and no
/// program of it misses a port. Any program here may ask; a few at a time, and the slowest gives way.
/// </summary>
internal sealed unsafe class MetadataPort(MetadataAddress? address)
{
    /// <summary>Connections at a time; one more ends the oldest.</summary>
    public const int Most = 8;

    /// <summary>Entries in the agent's poll.</summary>
    public const int Entries = Most + 1;

    /// <summary>How often an address that could not be had is tried again.</summary>
    public static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(2);

    private readonly List<Caller> _callers = [];
    private int _listener = -1;
    private int _count;
    private TimeSpan _lookAt;
    private int _tries;
    private string? _said;

    /// <summary>When the address is to be tried again; null: it is had, or none is wanted.</summary>
    public TimeSpan? Due => address is null || _listener >= 0 ? null : _lookAt;

    /// <summary>Tries to have the address when that is due.</summary>
    public void Look(TimeSpan now)
    {
        if (address is not { } wanted || Due is not { } due || due > now)
        {
            return;
        }

        byte[] host = [wanted.A, wanted.B, wanted.C, wanted.D];
        string? fault = wanted.IsLinkLocal
            ? PrivateNetwork.Make(host, MetadataAddress.GuestEnd, () => Listen(host, wanted.Port))
            : Listen(host, wanted.Port);
        if (fault is not null && _listener >= 0)
        {
            _ = Libc.Close(_listener);
            _listener = -1;
        }

        // What failed may be for good, and each try has the kernel make a network and take it apart again.
        _tries = fault is null ? 0 : _tries + 1;
        _lookAt = now + (LookPeriod * Math.Min(1 << Math.Min(_tries, 8), 150));
        string said = fault is null ? $"scheduled events at {wanted}" : $"no scheduled events at {wanted}: {fault}";
        if (said != _said)
        {
            _said = said;
            Log.Write(said);
        }
    }

    /// <summary>Fills the entries of poll; those without a connection are skipped by it.</summary>
    public void Want(Libc.PollEntry* entries)
    {
        for (int i = 0; i < Entries; i++)
        {
            int descriptor = i == 0 ? _listener : i <= _callers.Count ? _callers[i - 1].Descriptor : -1;
            entries[i] = new() { Descriptor = descriptor, Wanted = Libc.PollIn };
        }
    }

    /// <summary>Goes on after poll; the requests that are whole.</summary>
    public IReadOnlyList<(int Connection, MetadataRequest Request)> Move(Libc.PollEntry* entries)
    {
        var whole = new List<(int, MetadataRequest)>();
        Caller[] callers = [.. _callers];
        for (int i = 0; i < callers.Length; i++)
        {
            if (entries[i + 1].Seen != 0 && Read(callers[i]) is { } request)
            {
                whole.Add((callers[i].Number, request));
            }
        }

        if (entries[0].Seen != 0)
        {
            Accept();
        }

        return whole;
    }

    /// <summary>Answers and closes. An answer fits what the kernel holds for a fresh connection.</summary>
    public void Answer(int connection, MetadataAnswer answer)
    {
        if (_callers.Find(each => each.Number == connection) is { } caller)
        {
            byte[] bytes = answer.Encode();
            fixed (byte* first = bytes)
            {
                _ = Libc.Send(caller.Descriptor, first, bytes.Length, Libc.NoSignal);
            }

            End(caller);
        }
    }

    private string? Listen(ReadOnlySpan<byte> host, int port)
    {
        int listener = Libc.Socket(Libc.InetFamily, Libc.Stream | Libc.NonBlock | Libc.CloseOnExec, 0);
        if (listener < 0)
        {
            return $"socket: error {Marshal.GetLastPInvokeError()}";
        }

        byte* bytes = stackalloc byte[Addresses.InetBytes];
        Addresses.Write(new Span<byte>(bytes, Addresses.InetBytes), host, port);
        Libc.AllowReuse(listener);
        if (Libc.Bind(listener, bytes, Addresses.InetBytes) < 0 || Libc.Listen(listener, Most) < 0)
        {
            string fault = $"bind: error {Marshal.GetLastPInvokeError()}";
            _ = Libc.Close(listener);
            return fault;
        }

        _listener = listener;
        return null;
    }

    private void Accept()
    {
        int descriptor = Libc.Accept(_listener, null, null, Libc.NonBlock | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            return;
        }

        if (_callers.Count == Most)
        {
            End(_callers[0]);
        }

        _callers.Add(new Caller(++_count, descriptor));
    }

    private MetadataRequest? Read(Caller caller)
    {
        nint count;
        fixed (byte* bytes = caller.Bytes)
        {
            count = Libc.Read(caller.Descriptor, bytes + caller.Length, caller.Bytes.Length - caller.Length);
        }

        if (count < 0 && Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted)
        {
            return null;
        }

        caller.Length += Math.Max((int)count, 0);
        var request = MetadataRequest.Read(caller.Bytes.AsSpan(0, caller.Length));
        if (request is null && count <= 0)
        {
            End(caller);
        }

        return request;
    }

    private void End(Caller caller)
    {
        _ = Libc.Close(caller.Descriptor);
        _callers.Remove(caller);
    }

    private sealed class Caller(int number, int descriptor)
    {
        public int Number => number;

        public int Descriptor => descriptor;

        public byte[] Bytes { get; } = new byte[MetadataRequest.MaxBytes];

        public int Length { get; set; }
    }
}
