namespace Havm.Transport.Http;

/// <summary>The numbers of the node link. Both ends use one record, because the two line limits must agree.</summary>
public sealed record TransportSettings
{
    public const string Path = "/node/v1/link";

    /// <summary>Longest line a node may send, its newline not counted; 4 KiB to 4 MiB.</summary>
    public int NodeLineBytes { get; init; } = 1 << 20;

    /// <summary>Longest line a controller may send: a whole goal; 4 KiB to 4 MiB.</summary>
    public int ControllerLineBytes { get; init; } = 4 << 20;

    /// <summary>Frames waiting for one peer before its connection is given up; 1 to 1024.</summary>
    public int QueueFrames { get; init; } = 64;

    /// <summary>Time a peer may take to accept written bytes before its connection is given up; 1 s to 1 min.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time the peer's kernel may leave sent bytes unacknowledged. After a network cut heals, retransmission backs off
    /// for as long as the cut lasted; a new connection is there sooner. 1 s to 1 min.
    /// </summary>
    public TimeSpan AcknowledgeDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Silence after which the listener forgets a connection: a node that lost its power sends no end of stream.
    /// Housekeeping only, far above every wait that a verdict rests on; 10 s to 10 min.
    /// </summary>
    public TimeSpan SilenceDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for one attempt to connect and be answered; 100 ms to 10 s.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause before the first attempt after an end; doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan ShortestPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>At most 1 s, which is what SAFETY's failover sum allows for reconnecting.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest datagram accepted, in bytes: one that is not fragmented on any common network.</summary>
    public const int DatagramBytes = 1200;
}
