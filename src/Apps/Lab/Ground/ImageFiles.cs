using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Puts the guest image's files on the datastore itself: hard links where both lie on one file system, else copies.
/// A link by name would lead nodes past their own way to the datastore, and a lost datastore would still serve images.
/// </summary>
internal static class ImageFiles
{
    /// <summary>Offers every plain file of a directory; hidden ones and directories are the builder's own.</summary>
    public static void Offer(string from, string to)
    {
        Directory.CreateDirectory(to);
        var files = new DirectoryInfo(from).EnumerateFiles().Where(file => !file.Name.StartsWith('.'));
        foreach (var file in files)
        {
            var target = $"{to}/{file.Name}";
            if (!Machine.TryLink(file.FullName, target))
            {
                file.CopyTo(target);
            }
        }
    }
}
