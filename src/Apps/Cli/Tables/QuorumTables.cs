using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class QuorumTables
{
    public static void List(ListView<QuorumView> groups, Page page)
    {
        if (groups.Items.IsEmpty)
        {
            page.Text("There are no quorum groups.");
        }

        foreach (QuorumView group in groups.Items)
        {
            page.Blank();
            Show(group, page);
        }
    }

    public static void Show(QuorumView group, Page page)
    {
        page.Field("Quorum group", new Cell(group.Name, Tone.Strong));
        page.Field("Verdict", Verdict(group));
        page.Field("Votes", $"{group.VotesNow} of {group.Votes} now, {group.Majority} are a majority");
        foreach (string sentence in group.Says)
        {
            page.Text($"- {sentence}", 2);
        }

        page.Blank();
        var voters = new TextTable(
            new("VOTER"), new("VOTES", Right: true), new("NODE"), new("RACK"), new("UPDATE DOMAIN", 1),
            new("COUNTS NOW"));
        foreach (VoterView voter in group.Voters)
        {
            voters.Add(
                voter.Instance, $"{voter.Votes}", voter.Node, voter.Rack, voter.UpdateDomain,
                voter.Counts ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Warn));
        }

        page.Table(voters, "It has no voters.");
        page.Blank();
        var losses = new TextTable(
            new("WITHOUT"), new("NAME", Stretch: true), new("VOTERS", 1), new("LEFT", Right: true),
            new("LEFT NOW", Right: true), new("MAJORITY"));
        foreach (QuorumLossView loss in group.Losses)
        {
            losses.Add(
                loss.Kind, loss.Of, string.Join(", ", loss.Voters), $"{loss.Left}", $"{loss.LeftNow}",
                loss.Left < group.Majority ? new Cell("lost", Tone.Bad)
                : loss.LeftNow < group.Majority ? new Cell("lost now", Tone.Warn) : new Cell("kept", Tone.Good));
        }

        page.Table(losses, "None of its voters has a seat.");
    }

    private static Cell Verdict(QuorumView group) => group.Verdict switch
    {
        "safe" => new Cell("safe: no one rack, host update or guest update costs its majority", Tone.Good),
        "lost" => new Cell("lost: it has no majority now", Tone.Bad),
        _ => new Cell("at risk: one loss or update can cost its majority", Tone.Warn),
    };
}
