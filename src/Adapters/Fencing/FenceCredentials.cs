using System.Collections.Immutable;
using System.Text;

namespace Havm.Fencing;

/// <summary>
/// What is needed to switch a node off, read anew for each call so that a changed file needs no restart. A file that
/// others can read is refused: whoever reads it can switch the node off.
/// </summary>
internal sealed class FenceCredentials
{
    private const int ShortestHidden = 3;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>For agents that need none.</summary>
    public static readonly FenceCredentials None = new("", "", []);

    private FenceCredentials(string user, string password, ImmutableArray<string> further) =>
        (User, Password, Further) = (user, password, further);

    public string User { get; }

    public string Password { get; }

    /// <summary>The lines after the first, NAME=VALUE: secrets that only an agent knows.</summary>
    public ImmutableArray<string> Further { get; }

    /// <summary>What the Authorization header's Basic scheme takes.</summary>
    public string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>What stands in a file, or what is wrong with it.</summary>
    public static (FenceCredentials? Credentials, string? Trouble) Read(string? file)
    {
        if (file is null)
        {
            return (null, "no credentials file is named; write credentialsFile");
        }

        try
        {
            if ((File.GetUnixFileMode(file) & Others) != 0)
            {
                return (null, $"credentials file {file} can be read by others than its owner; run: chmod 600 {file}");
            }

            string[] lines = File.ReadAllLines(file);
            string first = lines.FirstOrDefault() ?? "";
            int colon = first.IndexOf(':');
            if (colon <= 0)
            {
                return (null, $"credentials file {file} does not hold user:password in its first line; write it there");
            }

            ImmutableArray<string> further = [.. lines.Skip(1).Where(line => line.Trim().Length > 0)];
            return further.All(line => line.IndexOf('=') > 0)
                ? (new FenceCredentials(first[..colon], first[(colon + 1)..], further), null)
                : (null, $"credentials file {file} has a line after the first that is not NAME=VALUE; correct it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"credentials file cannot be read: {error.Message}; check credentialsFile");
        }
    }

    /// <summary>A foreign program's words without the secrets it was told.</summary>
    public string Hide(string words) => Further.Select(line => line[(line.IndexOf('=') + 1)..]).Append(Password)
        .Where(secret => secret.Length >= ShortestHidden)
        .OrderByDescending(secret => secret.Length)
        .Aggregate(words, (said, secret) => said.Replace(secret, "***", StringComparison.Ordinal));
}
