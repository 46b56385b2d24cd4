using System.Collections.Immutable;

namespace Havm.Core.Quorum;

/// <summary>A finding in sentences for people, what matters most first.</summary>
public static class QuorumWords
{
    private const string Domains =
        "with an availability set, and an update domain for each of them, a guest update takes them one by one";

    public static ImmutableArray<string> Of(QuorumFinding finding)
    {
        var away = finding.Voters.Where(voter => !voter.Counts).Select(voter => voter.Instance).ToList();
        var without = away.Count == 0 ? "" : $" while {string.Join(" and ", away)} cannot be counted on";
        return
        [
            .. finding.Now < finding.Majority
                ? (string[])[(finding.HasMajority ? "it may decide nothing now: " : "it decides nothing now: ")
                    + Votes(finding, finding.Now) + without]
                : [],
            .. finding.Losses.Where(loss => loss.Left < finding.Majority && !IsSaid(finding, loss))
                .Select(loss => $"{What(loss)} leaves it {Votes(finding, loss.Left)}"),
            .. finding.Now >= finding.Majority
                ? finding.Losses.Where(loss => loss.Left >= finding.Majority && loss.LeftNow < finding.Majority
                        && !IsSaid(finding, loss))
                    .Select(loss => $"{What(loss)} leaves it {Votes(finding, loss.LeftNow)}{without}")
                : [],
            .. finding.Shared,
            .. finding.Help is { } help ? (string[])[help.Message] : [],
            .. finding.Losses.Any(loss => loss.Kind == LossKind.UpdateDomain && loss.Left < finding.Majority)
                ? (string[])[Domains]
                : [],
        ];
    }

    /// <summary>The rack of that node is said, with the same voters.</summary>
    private static bool IsSaid(QuorumFinding finding, QuorumLoss loss) => loss.Kind == LossKind.Node
        && finding.Losses.Any(rack => rack.Kind == LossKind.FaultDomain && rack.Voters.SequenceEqual(loss.Voters));

    private static string Votes(QuorumFinding finding, int left) =>
        $"{left} of {finding.Votes} votes, and it needs {finding.Majority}";

    private static string What(QuorumLoss loss) => loss.Kind switch
    {
        LossKind.FaultDomain => $"the loss or a host update of rack {loss.Of} ({Names(loss)})",
        LossKind.Node => $"the loss or a host update of node {loss.Of} ({Names(loss)})",
        LossKind.UpdateDomain => $"a guest update of {loss.Of} ({Names(loss)})",
    };

    private static string Names(QuorumLoss loss) => string.Join(", ", loss.Voters);
}
