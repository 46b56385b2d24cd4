using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Havm.Hypervisor.Qemu.Qmp;

/// <summary>
/// A monitor connection in use: capabilities agreed, answers matched to questions by id, events handed out in order.
/// An answer that comes after its question was given up is dropped, so a QEMU that was stopped for a while
/// and then answers everything at once confuses nobody.
/// </summary>
internal sealed class QmpSession : IAsyncDisposable
{
    private readonly QmpSocket _socket;
    private readonly Action<QmpEvent> _onEvent;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TimeSpan _timeout;
    private long _lastId;

    private QmpSession(QmpSocket socket, TimeSpan timeout, Action<QmpEvent> onEvent)
    {
        _socket = socket;
        _timeout = timeout;
        _onEvent = onEvent;
        Closed = Task.Run(ReadAllAsync);
    }

    /// <summary>
    /// Completes, never faulted, once the connection has ended and every event before that was handed out.
    /// </summary>
    public Task Closed { get; }

    /// <summary>Connects and agrees on capabilities.</summary>
    /// <param name="patience">
    /// Longest wait for that. A QEMU that is starting greets at once and answers only when its machine is made.
    /// </param>
    /// <param name="timeout">Longest wait for the answer to one verb.</param>
    /// <param name="onEvent">Called in order, from the reading task: it must return at once and not throw.</param>
    public static async Task<QmpSession> OpenAsync(
        string path, TimeSpan patience, TimeSpan timeout, Action<QmpEvent> onEvent, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(patience);
        try
        {
            var session = new QmpSession(await QmpSocket.ConnectAsync(path, deadline.Token), timeout, onEvent);
            try
            {
                await session.ExecuteAsync("qmp_capabilities", null, patience, deadline.Token);
                return session;
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new QmpException(QmpTrouble.Silent, $"no greeting within {patience.TotalSeconds:0.##} s");
        }
    }

    /// <summary>Runs one verb and returns its answer; throws <see cref="QmpException"/> for every trouble.</summary>
    public Task<JsonElement> ExecuteAsync(string verb, JsonObject? arguments, CancellationToken cancel) =>
        ExecuteAsync(verb, arguments, _timeout, cancel);

    /// <summary>Closes the connection; the machine goes on as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await Closed;
    }

    private async Task<JsonElement> ExecuteAsync(
        string verb, JsonObject? arguments, TimeSpan timeout, CancellationToken cancel)
    {
        long id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            await SendAsync(Encode(verb, arguments, id), deadline.Token);
            if (Closed.IsCompleted)
            {
                throw new QmpException(QmpTrouble.Closed, "the connection is gone");
            }

            return await answer.Task.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new QmpException(QmpTrouble.Silent, $"{verb} was not answered within {timeout.TotalSeconds:0.##} s");
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    private async Task SendAsync(byte[] line, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await _socket.SendAsync(line, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await _socket.ReadAsync(CancellationToken.None) is { } line)
            {
                Take(line);
            }
        }
        catch (QmpException)
        {
            // Not QMP any more: the same as closed, and whoever waits below is told so.
        }

        _socket.Dispose();
        foreach (var waiting in _asked.Values)
        {
            waiting.TrySetException(new QmpException(QmpTrouble.Closed, "the connection ended"));
        }
    }

    private void Take(JsonElement line)
    {
        if (line.TryGetProperty("event", out var name) && name.ValueKind == JsonValueKind.String)
        {
            line.TryGetProperty("data", out var data);
            _onEvent(new QmpEvent(name.GetString()!, data));
            return;
        }

        if (!line.TryGetProperty("id", out var id) || !id.TryGetInt64(out long number)
            || !_asked.TryRemove(number, out var waiting))
        {
            return;
        }

        if (line.TryGetProperty("error", out var error))
        {
            string reason = error.TryGetProperty("desc", out var text) ? text.ToString() : error.ToString();
            waiting.TrySetException(new QmpException(QmpTrouble.Refused, reason));
        }
        else
        {
            line.TryGetProperty("return", out var value);
            waiting.TrySetResult(value);
        }
    }

    private static byte[] Encode(string verb, JsonObject? arguments, long id)
    {
        var line = new JsonObject { ["execute"] = verb, ["id"] = id };
        if (arguments is not null)
        {
            line["arguments"] = arguments;
        }

        return System.Text.Encoding.UTF8.GetBytes(line.ToJsonString() + "\n");
    }
}
