using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Havm.Cli.Support;

/// <summary>
/// Takes secrets out of text that leaves the site. It learns first and cleans then: what stands anywhere under a name
/// that tells a secret, in a guest's environment or in a file of credentials, is taken out wherever else it occurs.
/// </summary>
internal sealed partial class Redactor
{
    public const string Mark = "[redacted]";

    /// <summary>Shorter words occur by chance, and taking them out would tell where.</summary>
    private const int ShortestLearnt = 6;

    private const int LongSetting = 12;

    /// <summary>
    /// The last lines of a program in a guest, in reports of nodes and views of instances: its owner's, whatever they
    /// say.
    /// </summary>
    private const string ProgramsWords = "log";

    private const long LargestCredentials = 64 << 10;

    private static readonly JsonDocumentOptions Form = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly HashSet<string> learnt = new(StringComparer.Ordinal);
    private string[] words = [];

    /// <summary>How many places were cleaned.</summary>
    public int Places { get; private set; }

    /// <summary>A file that holds only credentials: each line, and what stands behind a colon or equals sign.</summary>
    public void LearnFile(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: < LargestCredentials })
            {
                foreach (string line in File.ReadAllLines(path))
                {
                    Learn(line.Trim());
                    Learn(Convert.ToBase64String(Encoding.UTF8.GetBytes(line.Trim())));
                    Learn(line[(line.IndexOfAny([':', '=']) + 1)..].Trim());
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read here has not been written here either.
        }
    }

    /// <summary>Looks for secrets, and for files that hold some.</summary>
    public void LearnFrom(BundlePart part)
    {
        foreach (JsonNode node in Documents(part))
        {
            Walk(node, LearnValue, LearnFile);
        }

        foreach (Match match in Assignment().Matches(part.Text))
        {
            string value = match.Groups["value"].Value.Trim('\\', '"', '\'');
            if (value.Any(letter => !char.IsAsciiLetter(letter)))
            {
                // A bare word after "token:" is prose more often than a secret: it goes in its place alone.
                Learn(value);
            }
        }
    }

    /// <summary>The text without secrets. All parts must have been learnt from before.</summary>
    public string Clean(BundlePart part)
    {
        words = words.Length == learnt.Count ? words : [.. learnt.OrderByDescending(word => word.Length)];
        string text = part.Text;
        if (Documents(part) is { Count: > 0 } documents)
        {
            documents.ForEach(node => Walk(node, Replace, _ => { }));
            text = string.Join('\n', documents.Select(node => node.ToJsonString(Plain))) + "\n";
        }

        foreach (string word in words)
        {
            Places += Occurrences(text, word);
            text = text.Replace(word, Mark, StringComparison.Ordinal);
        }

        foreach (Regex pattern in new[] { PrivateKey(), CutKey(), Assignment(), Header(), UserInfo(), Option() })
        {
            text = pattern.Replace(text, match =>
            {
                string head = match.Groups["head"].Value;
                string value = match.Groups["value"].Value;
                if (value.Trim('\\', '"', '\'') == Mark)
                {
                    return match.Value;
                }

                Places++;
                string quote = value[0] is '"' or '\'' ? value[..1] : value.StartsWith("\\\"", StringComparison.Ordinal)
                    ? "\\\"" : "";
                return head + quote + Mark + quote + match.Groups["tail"].Value;
            });
        }

        return text;
    }

    private void Learn(string value)
    {
        if (value.Length >= ShortestLearnt && value != Mark && value != Runtime.State.Withheld.Mark)
        {
            learnt.Add(value);

            // As it stands in the text of JSON.
            learnt.Add(JsonSerializer.Serialize(value, Plain)[1..^1]);
        }
    }

    /// <summary>Of an environment, what has a telling name or is long: short settings occur everywhere.</summary>
    private void LearnValue(JsonObject owner, string name)
    {
        // What a program wrote may be written anywhere else.
        if (name == ProgramsWords)
        {
            return;
        }

        foreach ((string key, JsonNode value) in Leaves(name, owner[name]))
        {
            if (SecretName().IsMatch(key) || $"{value}".Length >= LongSetting)
            {
                Learn($"{value}");
            }
        }
    }

    private void Replace(JsonObject owner, string name)
    {
        Places++;
        owner[name] = owner[name] is JsonObject inner
            ? new JsonObject(inner.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Mark)))
            : Mark;
    }

    private static IEnumerable<(string Key, JsonNode Value)> Leaves(string key, JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Leaves(entry.Key, entry.Value)),
        JsonArray list => list.SelectMany(item => Leaves(key, item)),
        null => [],
        _ => [(key, node)],
    };

    /// <summary>
    /// Every member whose name tells a secret, what a program in a guest wrote, and every file that a member names for
    /// a secret.
    /// </summary>
    private static void Walk(JsonNode? node, Action<JsonObject, string> secret, Action<string> file)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (JsonNode? item in list)
                {
                    Walk(item, secret, file);
                }

                break;
            case JsonObject map:
                foreach ((string name, JsonNode? value) in map.ToArray())
                {
                    bool path = name.EndsWith("File", StringComparison.OrdinalIgnoreCase);
                    if (SecretName().IsMatch(name) && path)
                    {
                        file($"{value}");
                    }
                    else if (SecretName().IsMatch(name) || name is "environment" or ProgramsWords)
                    {
                        secret(map, name);
                    }
                    else
                    {
                        Walk(value, secret, file);
                    }
                }

                break;
        }
    }

    /// <summary>The part as JSON: one document, or one a line; none where it is something else.</summary>
    private static List<JsonNode> Documents(BundlePart part)
    {
        try
        {
            return Path.GetExtension(part.Name) switch
            {
                ".json" => JsonNode.Parse(part.Text, documentOptions: Form) is { } node ? [node] : [],
                ".jsonl" => [.. part.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonNode.Parse(line, documentOptions: Form)!)],
                _ => [],
            };
        }
        catch (JsonException)
        {
            // Cut off, or no JSON after all: cleaned as text.
            return [];
        }
    }

    private static int Occurrences(string text, string word)
    {
        int count = 0;
        for (int at = text.IndexOf(word, StringComparison.Ordinal); at >= 0;
            at = text.IndexOf(word, at + word.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    [GeneratedRegex("pass(word|wd|phrase|code)?$|passw|secret|token|api[_-]?key|private[_-]?key|credential",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    /// <summary>password=x, "token": "x", db_secret: x; not names of files.</summary>
    [GeneratedRegex(
        @"(?<head>(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key)(?!\w*file)\w*"
        + @"\\?[""']?[ \t]*[:=][ \t]*)"
        + @"(?<value>""(?:[^""\\\n]|\\.)+""|'[^'\n]+'|\\""[^""\\\n]+\\""|[^\s,;&""'\\\[{]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?<head>authorization["":\s]+(?:basic|bearer)\s+)(?<value>[^\s""]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Header();

    [GeneratedRegex(@"(?<head>://[^/\s:@""]*:)(?<value>[^@\s/""]+)(?<tail>@)")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<head>(?:^|\s)--?(?:P|p|pass|password|passwd|token|secret)[= ])(?<value>[^\s-]\S*)")]
    private static partial Regex Option();

    /// <summary>A key, also one whose end was cut off.</summary>
    [GeneratedRegex(
        @"(?<value>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))")]
    private static partial Regex PrivateKey();

    /// <summary>A key whose beginning was cut off: only the beginning of a text can be that.</summary>
    [GeneratedRegex(@"(?<value>\A[\s\S]*-----END [A-Z ]*PRIVATE KEY-----)")]
    private static partial Regex CutKey();
}
