using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Havm.Cli.Support;

/// <summary>A bundle that is ready to be written: clean, and within its bound.</summary>
internal sealed class SupportBundle
{
    private SupportBundle(IReadOnlyList<BundlePart> parts, IReadOnlyList<BundlePart> leftOut, int places)
    {
        Parts = parts;
        LeftOut = leftOut;
        Places = places;
    }

    /// <summary>What is in it, clean.</summary>
    public IReadOnlyList<BundlePart> Parts { get; }

    /// <summary>What the bound left no room for.</summary>
    public IReadOnlyList<BundlePart> LeftOut { get; }

    /// <summary>How many places secrets were taken out of.</summary>
    public int Places { get; }

    public static SupportBundle Of(IReadOnlyList<BundlePart> gathered, Redactor redactor, BundleLimits limits)
    {
        foreach (BundlePart part in gathered)
        {
            redactor.LearnFrom(part);
        }

        List<BundlePart> parts = [];
        List<BundlePart> leftOut = [];
        long left = limits.Whole;
        foreach (BundlePart part in gathered)
        {
            BundlePart clean = part with { Text = redactor.Clean(part) };
            long size = Size(clean);
            (size <= left ? parts : leftOut).Add(clean);
            left -= size <= left ? size : 0;
        }

        return new SupportBundle(parts, leftOut, redactor.Places);
    }

    public static long Size(BundlePart part) => Encoding.UTF8.GetByteCount(part.Text);

    /// <summary>A tar archive, packed; its first entry lists the others. For its owner's eyes alone.</summary>
    public void Write(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var packed = new GZipStream(file, CompressionLevel.Optimal);
        using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        string folder = Path.GetFileName(path).Split('.')[0];
        string list = string.Concat(Parts.Select(part => $"{Size(part),10}  {part.Name}: {part.What}\n"))
            + string.Concat(LeftOut.Select(part => $"  left out  {part.Name}: {Size(part)} bytes\n"));
        foreach (BundlePart part in Parts.Prepend(new BundlePart("contents.txt", "", list)))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/{part.Name}")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(part.Text)),
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }
}
