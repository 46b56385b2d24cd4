using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;

namespace Havm.Fencing;

/// <summary>What an agent says of itself: the XML that it prints for action=metadata.</summary>
/// <param name="Actions">The names of what it can be told to do.</param>
/// <param name="CutsOff">Its "off" shuts a living machine off from storage or network, and is no machine's end.</param>
/// <param name="OnTarget">Its "on" runs on the machine that was shut off, and nowhere else.</param>
internal sealed record AgentMetadata(
    ImmutableHashSet<string> Parameters, ImmutableHashSet<string> Actions, bool CutsOff, bool OnTarget)
{
    /// <summary>A foreign program's text fetches nothing and grows into nothing.</summary>
    private static readonly XmlReaderSettings Plain = new() { DtdProcessing = DtdProcessing.Ignore };

    private static readonly string[] OfStorage = ["off", "status"];

    private static readonly string[] OfPower = ["on", .. OfStorage];

    /// <summary>Today's name or the one before; null: it asks for none.</summary>
    public string? User => Known("username", "login");

    public string? Password => Known("password", "passwd");

    /// <summary>An order from any machine turns it on.</summary>
    public bool TurnsOn => Actions.Contains("on") && !OnTarget;

    /// <summary>Reads the XML, or says why it cannot.</summary>
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

        XElement[] on = [.. root.Descendants("action").Where(a => (string?)a.Attribute("name") == "on")];
        bool onTarget = on.Any(a => (string?)a.Attribute("on_target") == "1");
        return (new AgentMetadata(
            Names(root, "parameter"),
            Names(root, "action"),
            CutsOff: onTarget || on.Any(a => (string?)a.Attribute("automatic") == "1"),
            onTarget), null);
    }

    /// <summary>Why it cannot do what a method is for, and what then; null: it can.</summary>
    public (string Reason, string Remedy)? Unfit(bool toCutStorage) =>
        (toCutStorage ? OfStorage : OfPower).FirstOrDefault(need => !Actions.Contains(need)) is { } missing
            ? ($"it has no action {missing}: it does not {(toCutStorage ? "cut off storage" : "switch power")}",
                "name an agent that does")
        : CutsOff && !toCutStorage
            ? ("it cuts a machine off from storage or network, and does not switch its power",
                "name an agent that switches power, or as last item of fencing the datastores that it cuts off")
        : null;

    private static ImmutableHashSet<string> Names(XElement root, string element) =>
        [.. root.Descendants(element).Select(each => (string?)each.Attribute("name") ?? "")];

    private string? Known(string now, string before) =>
        Parameters.Contains(now) ? now : Parameters.Contains(before) ? before : null;
}
