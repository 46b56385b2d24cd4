namespace Havm.Runtime.Recording;

/// <summary>How much a controller keeps of what it was told.</summary>
/// <param name="Directory">Where; its own.</param>
/// <param name="MiB">All files together; 0: nothing is recorded, else 8 to 1,048,576, 256 by default.</param>
/// <param name="Product">What decides: "havm 0.1.0".</param>
public sealed record RecordingSettings(string Directory, int MiB, string Product)
{
    public const string FolderName = "recording";

    public const int Default = 256;

    public const int Least = 8;

    public const int Most = 1 << 20;

    /// <summary>Of so many files the oldest goes when they have become too large together.</summary>
    public const int Files = 8;

    public long Bound => (long)MiB << 20;

    /// <summary>A file that has grown to this is followed by another.</summary>
    public long FileSize => Bound / Files;
}
