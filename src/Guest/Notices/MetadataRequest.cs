using System.Globalization;
using System.Text;

namespace Havm.Guest.Notices;

/// <summary>A request to the metadata address, as far as it matters.</summary>
/// <param name="Method">As it was written, in capitals.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Query">Without its question mark; empty: there was none.</param>
/// <param name="HasMetadata">
/// The header `Metadata: true` was there: nobody sends it who was led here by a trick.
/// </param>
/// <param name="IsForwarded">It came through a proxy.</param>
public sealed record MetadataRequest(
    string Method, string Path, string Query, bool HasMetadata, bool IsForwarded, byte[] Body)
{
    /// <summary>The longest request that is read, headers and body together.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>
    /// The request that these bytes hold. Null while it is not whole; one of an empty method is no request, or longer
    /// than <see cref="MaxBytes"/>.
    /// </summary>
    public static MetadataRequest? Read(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return bytes.Length >= MaxBytes ? Unreadable : null;
        }

        string[] lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        string[] first = lines[0].Split(' ');
        if (first.Length != 3 || !first[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return Unreadable;
        }

        int length = 0;
        if (Header(lines, "Content-Length") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > MaxBytes - end - 4))
        {
            return Unreadable;
        }

        ReadOnlySpan<byte> body = bytes[(end + 4)..];
        if (Header(lines, "Transfer-Encoding") is not null)
        {
            if (Chunks(body) is not { } whole)
            {
                return bytes.Length >= MaxBytes ? Unreadable : null;
            }

            body = whole;
            length = whole.Length;
        }

        if (body.Length < length)
        {
            return null;
        }

        string[] target = first[1].Split('?', 2);
        return new MetadataRequest(
            first[0], target[0], target.Length > 1 ? target[1] : "",
            string.Equals(Header(lines, "Metadata"), "true", StringComparison.OrdinalIgnoreCase),
            Header(lines, "X-Forwarded-For") is not null, body[..length].ToArray());
    }

    /// <summary>
    /// A body that came in chunks (RFC 9112, 7.1); null while the last is missing, or where none can be.
    /// </summary>
    private static byte[]? Chunks(ReadOnlySpan<byte> rest)
    {
        var whole = new List<byte>();
        while (rest.IndexOf("\r\n"u8) is > 0 and var line)
        {
            string size = Encoding.Latin1.GetString(rest[..line]).Split(';')[0].Trim();
            rest = rest[(line + 2)..];
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length)
                || length is < 0 or > MaxBytes)
            {
                return null;
            }

            if (length == 0)
            {
                return [.. whole];
            }

            if (rest.Length < length + 2)
            {
                return null;
            }

            whole.AddRange(rest[..length]);
            rest = rest[(length + 2)..];
        }

        return null;
    }

    /// <summary>The value of a query's field; null: it is not there.</summary>
    public string? Field(string name) => Query.Split('&')
        .Select(pair => pair.Split('=', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1];

    private static MetadataRequest Unreadable => new("", "", "", false, false, []);

    private static string? Header(string[] lines, string name) => lines.Skip(1)
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(parts => parts.Length == 2
            && string.Equals(parts[0].Trim(), name, StringComparison.OrdinalIgnoreCase))?[1].Trim();
}

/// <summary>The answer to a request.</summary>
/// <param name="Status">HTTP's number.</param>
/// <param name="Body">JSON; empty: nothing is to be said.</param>
public sealed record MetadataAnswer(int Status, string Body)
{
    /// <summary>As it goes over the line; the connection is closed after it.</summary>
    public byte[] Encode()
    {
        string words = Status switch
        {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Error",
        };
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {Status} {words}\r\nContent-Type: application/json; charset=utf-8\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(Body)}\r\nConnection: close\r\n\r\n{Body}");
    }
}
