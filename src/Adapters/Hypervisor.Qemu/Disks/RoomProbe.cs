namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>
/// Finds out whether storage takes new data by giving it some: what a file system says of its free room knows nothing
/// of a quota, nor of a pool below it.
/// </summary>
internal static class RoomProbe
{
    /// <summary>More than the last cluster of an image that happens to be left.</summary>
    private const int Bytes = 1 << 20;

    private const string Ending = ".room";

    /// <summary>Whether a megabyte beside the file was written and flushed; it is removed again.</summary>
    public static bool IsTaken(string file)
    {
        string probe = file + Ending;
        var data = new byte[Bytes];
        Random.Shared.NextBytes(data);
        try
        {
            using (var handle = File.OpenHandle(probe, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(handle, data, 0);
                RandomAccess.FlushToDisk(handle);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            Remove(probe);
        }
    }

    private static void Remove(string probe)
    {
        try
        {
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next probe writes over it.
        }
    }
}
