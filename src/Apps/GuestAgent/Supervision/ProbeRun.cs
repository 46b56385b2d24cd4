using System.Runtime.InteropServices;
using System.Text;
using Havm.GuestAgent.Kernel;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Supervision;

/// <summary>The one probe under way, as a descriptor in the agent's poll. Its starter gives up on it in time.</summary>
internal sealed unsafe class ProbeRun
{
    private const int MaxStatusLine = 256;

    private readonly byte[] _answer = new byte[MaxStatusLine];

    /// <summary>Killed commands whose end is not seen yet; one stuck in the kernel must not block the agent.</summary>
    private readonly List<int> _killed = [];

    private int _answered;
    private ProbeSpec? _spec;
    private int _descriptor = -1;
    private int _process;
    private bool _asked;

    /// <summary>What to wait for; a descriptor of -1 is skipped by poll.</summary>
    public Libc.PollEntry Wanted => new()
    {
        Descriptor = _descriptor,
        Wanted = _process > 0 || _asked ? Libc.PollIn : Libc.PollOut,
    };

    /// <summary>Starts a probe; false when it failed at once.</summary>
    public bool Start(ProbeSpec spec)
    {
        Drop();
        _killed.RemoveAll(process => Libc.Reap(process) is not null);
        _spec = spec;
        if (spec.Kind == ProbeKind.Command)
        {
            int process = Spawn.Start(spec.Command!, Variables());
            _process = Math.Max(process, 0);
            _descriptor = process > 0 ? Libc.OpenProcess(process) : -1;
        }
        else
        {
            _descriptor = Addresses.ConnectLoopback(spec.Port!.Value);
        }

        return _descriptor >= 0;
    }

    /// <summary>Goes on after poll; null while there is no answer.</summary>
    public bool? Continue()
    {
        bool? passed = _process > 0 ? EndOfCommand() : _asked ? ReadStatus() : EndOfConnect();
        if (passed is not null)
        {
            Drop();
        }

        return passed;
    }

    /// <summary>Gives up on the probe under way, if there is one.</summary>
    public void Drop()
    {
        if (_process > 0)
        {
            _ = Libc.Signal(-_process, Libc.Kill);
            _killed.Add(_process);
        }

        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
        }

        (_descriptor, _process, _asked, _answered) = (-1, 0, false, 0);
    }

    private bool? EndOfCommand()
    {
        if (Libc.Reap(_process) is not { } code)
        {
            return null;
        }

        _ = Libc.Signal(-_process, Libc.Kill);
        _process = 0;
        return code == 0;
    }

    private bool? EndOfConnect()
    {
        if (Libc.ConnectError(_descriptor) != 0)
        {
            return false;
        }

        if (_spec!.Kind == ProbeKind.Tcp)
        {
            return true;
        }

        byte[] request = Encoding.ASCII.GetBytes(
            $"GET {_spec.Path ?? "/"} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        fixed (byte* bytes = request)
        {
            _asked = Libc.Write(_descriptor, bytes, request.Length) == request.Length;
        }

        return _asked ? null : false;
    }

    /// <summary>Passes for "HTTP/1.x 200" to "399"; fails for any other line and for a close before it.</summary>
    private bool? ReadStatus()
    {
        nint count;
        fixed (byte* bytes = _answer)
        {
            count = Libc.Read(_descriptor, bytes + _answered, MaxStatusLine - _answered);
        }

        if (count < 0 && Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted)
        {
            return null;
        }

        _answered += Math.Max((int)count, 0);
        const int codeEnd = 12;
        if (_answered < codeEnd)
        {
            return count <= 0 ? false : null;
        }

        ReadOnlySpan<byte> line = _answer.AsSpan(0, codeEnd);
        return line.StartsWith("HTTP/1."u8) && line[9] is (byte)'2' or (byte)'3';
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables()
    {
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
        {
            yield return new((string)pair.Key, (string?)pair.Value ?? "");
        }
    }
}
