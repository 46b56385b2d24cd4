using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;

namespace Havm.Fencing;

/// <summary>What an agent says of itself: the XML that it prints for action=metadata.</summary>
internal sealed record AgentMetadata(ImmutableHashSet<string> Parameters)
{
    /// <summary>A foreign program's text fetches nothing and grows into nothing.</summary>
    private static readonly XmlReaderSettings Plain = new() { DtdProcessing = DtdProcessing.Ignore };

    private static readonly string[] Needed = ["on", "off", "status"];

    /// <summary>Today's name or the one before; null: it asks for none.</summary>
    public string? User => Known("username", "login");

    public string? Password => Known("password", "passwd");

    /// <summary>Reads the XML, or says why this agent cannot switch power.</summary>
    public static (AgentMetadata? Metadata, string? Trouble) Parse(string xml)
    {
        XElement? root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), Plain);
            root = XDocument.Load(reader).Root;
        }
        catch (XmlException error)
        {
            return (null, $"its metadata is not XML ({error.Message})");
        }

        if (root?.Name != "resource-agent")
        {
            return (null, "its metadata is not a fence agent's");
        }

        var actions = root.Descendants("action").ToLookup(a => (string?)a.Attribute("name") ?? "");
        if (Needed.FirstOrDefault(need => !actions.Contains(need)) is { } missing)
        {
            return (null, $"it has no action {missing}: it does not switch power");
        }

        // Such an agent shuts a living machine off from storage or network, and its "off" is no machine's end.
        if (actions["on"].Any(on => (string?)on.Attribute("automatic") == "1"
            || (string?)on.Attribute("on_target") == "1"))
        {
            return (null, "it cuts a machine off from storage or network, and does not switch its power");
        }

        return (new AgentMetadata(
            [.. root.Descendants("parameter").Select(p => (string?)p.Attribute("name") ?? "")]), null);
    }

    private string? Known(string now, string before) =>
        Parameters.Contains(now) ? now : Parameters.Contains(before) ? before : null;
}
