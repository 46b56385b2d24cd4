using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Havm.Transport.Http;

/// <summary>
/// Frames on their way to one peer. Adding never waits: a full queue means the peer does not keep up, and whoever adds
/// gives the connection up, because a later frame says everything again.
/// </summary>
public sealed class FrameQueue<T>(JsonTypeInfo<T> shape, int capacity, TimeSpan writeDeadline) where T : class
{
    private const int BurstBytes = 64 << 10;

    private readonly Channel<T> _frames = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>False when the queue is full or has ended.</summary>
    public bool Add(T frame) => _frames.Writer.TryWrite(frame);

    /// <summary>Takes no more; what waits is still written.</summary>
    public void End() => _frames.Writer.TryComplete();

    /// <summary>
    /// Writes frames as lines until the queue ends. Throws <see cref="TimeoutException"/> when the peer does not accept
    /// them within the deadline, and passes the stream's I/O errors through.
    /// </summary>
    public async Task PumpAsync(Stream to, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var burst = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(burst);
        while (await _frames.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            while (burst.WrittenCount < BurstBytes && _frames.Reader.TryRead(out T? frame))
            {
                JsonSerializer.Serialize(json, frame, shape);
                json.Reset();
                burst.Write("\n"u8);
            }

            deadline.CancelAfter(writeDeadline);
            try
            {
                await to.WriteAsync(burst.WrittenMemory, deadline.Token).ConfigureAwait(false);
                await to.FlushAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new TimeoutException($"the peer accepted nothing for {writeDeadline.TotalSeconds:0.#} s");
            }

            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            if (burst.Capacity > BurstBytes * 2)
            {
                burst = new ArrayBufferWriter<byte>(1024);
                json.Reset(burst);
            }
            else
            {
                burst.ResetWrittenCount();
            }
        }
    }
}
