namespace Havm.Cli.Support;

/// <summary>One file of a bundle.</summary>
/// <param name="Name">Its path in the bundle.</param>
/// <param name="What">One line for the person who decides whether to give it away.</param>
/// <param name="Text">Its content; cleaned of secrets before it is written.</param>
internal sealed record BundlePart(string Name, string What, string Text);

/// <summary>What a bundle may take.</summary>
internal sealed record BundleLimits
{
    /// <summary>All parts together before they are packed, in bytes; 1 MiB to 1 GiB.</summary>
    public long Whole { get; init; } = 64L << 20;

    /// <summary>Of each log and each file its end, in bytes.</summary>
    public int Tail { get; init; } = 2 << 20;

    /// <summary>Of recordings the newest files, in bytes.</summary>
    public long Recording { get; init; } = 24L << 20;

    /// <summary>Machines whose QEMU log is taken, the newest.</summary>
    public int Machines { get; init; } = 50;
}
