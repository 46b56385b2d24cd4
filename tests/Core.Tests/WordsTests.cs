using System.Text;
using System.Text.RegularExpressions;
using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Core.Guards;
using Havm.Core.Lifecycle;
using Havm.Core.Liveness;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests;

/// <summary>Every word that people meet, as a page made from the code and the sentences that stand at it.</summary>
public sealed partial class WordsTests
{
    private static readonly string[] Sources =
    [
        .. Directory.EnumerateFiles(Path.Combine(Golden.Repository(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => file.Contains("/Core/") || file.Contains("/Model/"))
            .Order(StringComparer.Ordinal).Select(File.ReadAllText),
    ];

    [Fact]
    public void The_reference_page_of_words_is_what_the_code_says()
    {
        var page = new StringBuilder();
        page.Append("""
            # Reference: words

            Generated from the code and the sentences that stand at each word there. `havm` prints them in this
            spelling, and so does the API.


            """);
        Write(page, "Phases of a node", [
            ("joining", "Applied, and never heard."),
            ("suspect", "Up, and silent for longer than `liveness.suspectAfter`: nothing is concluded from that yet."),
            .. Enum<NodePhase>().Where(word => word.Word != "unseen"),
        ]);
        Write(page, "Fitness of a node, apart from its phase", Enum<NodeFitness>());
        Write(page, "Rules of automation, each of which may only observe", Enum<AutomationRule>());
        Write(page, "Phases of an instance", Enum<InstancePhase>());
        Write(page, "Phases of a machine, as its host reports it", Enum<MachinePhase>());
        Write(page, "Verdicts about a silent node", Enum<NodeVerdict>());
        Write(page, "What came of a node's diagnosis", Enum<DiagnosisOutcome>());
        Write(page, "Results of a diagnosis's checks", Enum<DiagnosisResult>());
        Write(page, "How likely a node fails soon", Enum<RiskLevel>());
        Write(page, "What sensors count", Enum<WearKind>());
        Write(page, "What ails a node that speaks", Enum<NodeAilmentKind>());
        page.Append("""
            A BMC that lies is no ailment of its node. It is known by the node that goes on speaking 2 s after its BMC
            said Off, and `havm node show` says so beside that fence method: within 63 s, because the BMC of a node that
            speaks is asked once a minute. It is not believed again for as long as that boot lasts.


            """);
        Write(page, "Kinds of incidents", Enum<IncidentKind>());
        Write(page, "Layers, which are the rows of the health ladder", [
            .. Enum<Layer>().Select(layer => (layer.Word, $"{layer.Sentence} {Kinds(layer.Word)}")),
        ]);
        Write(page, "How an instance stands for the accounts", Enum<Standing>());
        Write(page, "Phases of an incident", [
            ("fencing", "Its node is not proven dead yet."),
            ("recovering", "Something that it touched is still on its way."),
            ("watched", "Nothing is on its way: it is over once the node is mended and given back, or well after all."),
            ("closed", "All that it touched is ready again, or gone by order."),
        ]);
        Write(page, "Proofs of death", Proofs());
        Write(page, "Guards, which hold automation still", Types<IGuard>());
        Write(page, "Filters, which refuse a node for an instance", Types<IFilter>());
        Write(page, "Scores, which order the nodes that are left", [
            .. PlacementDecider.Scores.Select(s => (
                s.Name, $"{char.ToUpperInvariant(s.Means[0])}{s.Means[1..]}. It counts {s.Weight} times.")),
        ]);
        Write(page, "Events", Events());
        Golden.Matches("docs/reference/words.md", page.ToString());
    }

    [Fact]
    public void Every_word_has_its_sentence()
    {
        (string Word, string Sentence)[] all =
        [
            .. Enum<NodePhase>(), .. Enum<NodeFitness>(), .. Enum<AutomationRule>(),
            .. Enum<InstancePhase>(), .. Enum<IncidentKind>(),
            .. Proofs(), .. Events(), .. Types<IGuard>(), .. Types<IFilter>(),
        ];

        Assert.All(all, each => Assert.True(each.Sentence.EndsWith('.'), $"{each.Word}: '{each.Sentence}'"));
        Assert.True(Proofs().Length >= 5);
    }

    /// <summary>The number of a layer, and the kinds of incidents that are counted for it.</summary>
    private static string Kinds(string word)
    {
        var layer = System.Enum.GetValues<Layer>().Single(each => Word.Of(each) == word);
        var kinds = System.Enum.GetValues<IncidentKind>()
            .Where(kind => LayerTable.Of(kind) == layer).Select(kind => $"`{Word.Of(kind)}`").ToList();
        return $"Row {(int)layer}; " + (kinds.Count > 0 ? $"{string.Join(", ", kinds)}."
            : "`nodeFailed` and `nodeCutOff` of several nodes of one rack within 10 s.");
    }

    private static void Write(StringBuilder page, string title, IEnumerable<(string Word, string Sentence)> words)
    {
        page.Append($"## {title}\n\n| word | meaning |\n|---|---|\n");
        foreach (var (word, sentence) in words)
        {
            page.Append($"| `{word}` | {sentence} |\n");
        }

        page.Append('\n');
    }

    private static (string Word, string Sentence)[] Enum<T>() where T : struct, Enum
    {
        var name = typeof(T).Name;
        var source = Sources.Single(text => Regex.IsMatch(text, $@"\benum {name}\b"));
        var body = source[source.IndexOf($"enum {name}", StringComparison.Ordinal)..];
        return
        [
            .. System.Enum.GetNames<T>()
                .Select(member => (
                    Word.Of(member), SummaryBefore(body, Regex.Match(body, $@"\n    {member}\b").Index))),
        ];
    }

    /// <summary>Changes that are told; bookkeeping that only ever goes with another change is not.</summary>
    private static (string Word, string Sentence)[] Events()
    {
        string[] untold =
        [
            nameof(InstanceInIncident), nameof(InstanceSettled), nameof(RecoveryProgressed), nameof(IncidentProven),
            nameof(IncidentForgotten), nameof(SeatProvenDead), nameof(HoldsNoted),
            nameof(AccountsLooked), nameof(AccountTurned), nameof(AccountClosed), nameof(IncidentCounted),
            nameof(EndpointFailed),
        ];
        return
        [
            .. typeof(Change).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Change)) && !type.IsAbstract && !untold.Contains(type.Name))
                .Select(type => (Word.Of(type.Name), SummaryOf(type.Name)))
                .OrderBy(each => each.Item1, StringComparer.Ordinal),
        ];
    }

    private static (string Word, string Sentence)[] Types<T>() =>
    [
        .. typeof(T).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(T)) && type.IsClass)
            .Select(type => (Word.Of(typeof(T) == typeof(IFilter) ? type.Name[..^"Filter".Length] : type.Name),
                SummaryOf(type.Name)))
            .OrderBy(each => each.Item1, StringComparer.Ordinal),
    ];

    private static (string Word, string Sentence)[] Proofs() =>
    [
        .. Sources.SelectMany(text => ProofCode().Matches(text)
                .Select(found => (found.Groups["code"].Value, SummaryBefore(text, found.Index))))
            .OrderBy(each => each.Item1, StringComparer.Ordinal),
    ];

    private static string SummaryOf(string type)
    {
        var declared = new Regex($@"\n(public|internal) (sealed )?(record|class) {type}\b");
        var source = Sources.Single(declared.IsMatch);
        return SummaryBefore(source, declared.Match(source).Index);
    }

    /// <summary>The last summary that stands above a place, as one line of text.</summary>
    private static string SummaryBefore(string source, int place)
    {
        var above = source[..place];
        var from = above.LastIndexOf("<summary>", StringComparison.Ordinal) + "<summary>".Length;
        var to = above.IndexOf("</summary>", from, StringComparison.Ordinal);
        var text = Regex.Replace(above[from..to].Replace("///", " "), @"\s+", " ").Trim();
        return Tag().Replace(text, found => $"`{Word.Of(found.Groups["name"].Value)}`");
    }

    [GeneratedRegex("\"(?<code>provenBy[A-Za-z]+)\"")]
    private static partial Regex ProofCode();

    [GeneratedRegex("<(see cref|paramref name)=\"(?<name>[^\"]+)\" ?/>")]
    private static partial Regex Tag();
}
