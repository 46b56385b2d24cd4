using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using Havm.Core.Host.SelfFence;
using Havm.Model;
using Havm.Wire.Node;

namespace Havm.Warden;

/// <summary>
/// The gate's unix socket: JSON lines, one answer per question, for root alone. A line that is no question, or too
/// long, is answered with a refusal and ends that connection; the warden itself never minds.
/// </summary>
public sealed class GateServer : IDisposable
{
    /// <summary>Longest question: the floors of every instance a node ever held.</summary>
    private const int LongestLine = 4 << 20;

    private const int Connections = 64;

    private readonly Socket _listener;
    private readonly Action<WardenInput> _inbox;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<GateAnswer>> _waiting = new();
    private readonly SemaphoreSlim _room = new(Connections);
    private long _requests;

    private GateServer(Socket listener, Action<WardenInput> inbox)
    {
        _listener = listener;
        _inbox = inbox;
    }

    /// <summary>Takes over the path. Throws IOException or SocketException when it cannot be had.</summary>
    public static GateServer Open(string path, Action<WardenInput> inbox)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Connections);
        return new GateServer(listener, inbox);
    }

    /// <summary>Answers a question; one that nobody waits for any more is dropped.</summary>
    public void Reply(long request, GateAnswer answer)
    {
        if (_waiting.TryRemove(request, out var waiting))
        {
            waiting.TrySetResult(answer);
        }
    }

    /// <summary>Accepts until cancelled.</summary>
    public async Task ServeAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(cancel);
                _ = ConverseAsync(await _listener.AcceptAsync(cancel), cancel);
            }
            catch (SocketException)
            {
                // One caller less, or no file handle left for it: the next try is as good as any.
                _room.Release();
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancel)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _room.Dispose();
    }

    private async Task ConverseAsync(Socket caller, CancellationToken cancel)
    {
        await using var stream = new NetworkStream(caller, ownsSocket: true);
        var reader = PipeReader.Create(stream);
        try
        {
            while (await ReadLineAsync(reader, cancel) is { } line)
            {
                var answer = await AnswerAsync(line, cancel);
                byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(answer, GateJson.Default.GateAnswer);
                await stream.WriteAsync((byte[])[.. bytes, (byte)'\n'], cancel);
                if (answer.Reason?.Code == "badQuestion")
                {
                    return;
                }
            }
        }
        catch (Exception e) when (
            e is IOException or SocketException or OperationCanceledException or InvalidDataException)
        {
            // The caller left, or said too much.
        }
        finally
        {
            await reader.CompleteAsync();
            _room.Release();
        }
    }

    private static async Task<byte[]?> ReadLineAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                byte[] line = read.Buffer.Slice(0, end).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.Buffer.Length > LongestLine)
            {
                throw new InvalidDataException($"a question of over {LongestLine} bytes");
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private async Task<GateAnswer> AnswerAsync(byte[] line, CancellationToken cancel)
    {
        long number = Interlocked.Increment(ref _requests);
        try
        {
            var asked = GateQuestions.Read(number, JsonSerializer.Deserialize(line, GateJson.Default.GateRequest));
            var waiting = new TaskCompletionSource<GateAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[number] = waiting;
            _inbox(asked);
            return await waiting.Task.WaitAsync(cancel);
        }
        catch (JsonException e)
        {
            return new GateAnswer { Granted = false, Reason = new Reason("gate", "badQuestion", e.Message) };
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }
}
