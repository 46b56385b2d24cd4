using System.Text;

namespace Havm.Fencing;

/// <summary>
/// The user and password of a BMC, read anew for each call so that a changed file needs no restart. A file that others
/// can read is refused: whoever reads it can switch the node off.
/// </summary>
internal static class BmcCredentials
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What the Authorization header's Basic scheme takes, or what is wrong with the file.</summary>
    public static (string? Basic, string? Trouble) Read(string file)
    {
        try
        {
            if ((File.GetUnixFileMode(file) & Others) != 0)
            {
                return (null, $"credentials file {file} can be read by others than its owner; run: chmod 600 {file}");
            }

            string line = File.ReadLines(file).FirstOrDefault() ?? "";
            return line.IndexOf(':') > 0
                ? (Convert.ToBase64String(Encoding.UTF8.GetBytes(line)), null)
                : (null, $"credentials file {file} does not hold user:password in its first line; write it there");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"credentials file cannot be read: {error.Message}; check spec.bmc.credentialsFile");
        }
    }
}
