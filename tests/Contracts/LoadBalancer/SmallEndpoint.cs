using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Havm.Contracts.LoadBalancer;

/// <summary>A small HTTP server with moods: it says its number, or 500, or refuses, or never answers.</summary>
internal sealed class SmallEndpoint(IPEndPoint at, string says) : IDisposable
{
    private readonly object _gate = new();
    private readonly List<TcpClient> _held = [];
    private TcpListener? _listener;
    private volatile int _open;

    public Mood Mood { get; private set; }

    /// <summary>Requests for /hold that wait.</summary>
    public int Open => _open;

    public void Set(Mood mood)
    {
        lock (_gate)
        {
            Mood = mood;
            if (mood == Mood.Refusing)
            {
                _listener?.Stop();
                _listener = null;
            }
            else if (_listener is null)
            {
                _listener = new TcpListener(at);
                _listener.Start();
                _ = ServeAsync(_listener);
            }
        }
    }

    /// <summary>Ends what waits.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var client in _held)
            {
                Write(client, "200 OK");
            }

            _held.Clear();
            _open = 0;
        }
    }

    public void Dispose()
    {
        Set(Mood.Refusing);
        Release();
    }

    private async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = AnswerAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It refuses from now on.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            var buffer = new byte[4096];
            var read = await client.GetStream().ReadAsync(buffer);
            var hold = Encoding.ASCII.GetString(buffer, 0, read).StartsWith("GET /hold", StringComparison.Ordinal);
            if (hold || Mood == Mood.Silent)
            {
                lock (_gate)
                {
                    _held.Add(client);
                    _open += hold ? 1 : 0;
                }

                return;
            }

            Write(client, Mood == Mood.Wrong ? "500 Wrong" : "200 OK");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    private void Write(TcpClient client, string status)
    {
        try
        {
            client.GetStream().Write(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Length: {says.Length}\r\nConnection: close\r\n\r\n{says}"));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            client.Dispose();
        }
    }
}
