using System.Net;
using Havm.Wire.Node;

namespace Havm.Transport.Http;

/// <summary>A request body that stays open: the node's frames, written while answers are read.</summary>
internal sealed class FrameContent(FrameQueue<NodeFrame> queue, Action<Exception> failed) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // The request's head leaves with the first flush; without it the listener would wait for a first frame.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            await queue.PumpAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A cancelled body is an echo: the reading side knows what really ended the connection.
            failed(error);
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
