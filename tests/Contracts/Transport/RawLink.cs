using System.Net;
using System.Threading.Channels;
using Havm.Transport.Http;

namespace Havm.Contracts.Transport;

/// <summary>A peer that opens the node stream and then says whatever a test wants.</summary>
internal sealed class RawLink : IDisposable
{
    private readonly Channel<byte[]> _bytes = Channel.CreateBounded<byte[]>(1);
    private readonly HttpClient _client = new();
    private readonly Task _request;

    public RawLink(IPEndPoint to)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{to}{TransportSettings.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Body(this),
        };
        _request = _client.SendAsync(request);
    }

    public long Written { get; private set; }

    /// <summary>Hands bytes to the request's body; fails once the listener has ended it.</summary>
    public async Task WriteAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Bounded.Limit);
        await _bytes.Writer.WriteAsync(bytes, limit.Token);
    }

    public void Dispose()
    {
        _bytes.Writer.TryComplete();
        _client.Dispose();
        _request.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
    }

    private sealed class Body(RawLink owner) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            try
            {
                await foreach (byte[] bytes in owner._bytes.Reader.ReadAllAsync())
                {
                    await stream.WriteAsync(bytes);
                    await stream.FlushAsync();
                    owner.Written += bytes.Length;
                }
            }
            catch (Exception error)
            {
                owner._bytes.Writer.TryComplete(error);
                throw;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
