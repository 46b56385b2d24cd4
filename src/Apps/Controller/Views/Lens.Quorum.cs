using Havm.Core.Quorum;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    public QuorumView Quorum(QuorumFinding finding) => new()
    {
        Name = finding.Group,
        Verdict = !finding.HasMajority ? "lost" : finding.IsSafe ? "safe" : "atRisk",
        Votes = finding.Votes,
        Majority = finding.Majority,
        VotesNow = finding.Now,
        Voters =
        [
            .. finding.Voters.Select(voter => new VoterView(
                voter.Instance.Value, voter.Votes, voter.Node?.Value, voter.Rack?.Value, voter.UpdateDomain,
                voter.Counts)),
        ],
        Losses =
        [
            .. finding.Losses.Select(loss => new QuorumLossView(
                Word.Of(loss.Kind), loss.Of, [.. loss.Voters.Select(voter => voter.Value)], loss.Left, loss.LeftNow)),
        ],
        Says = QuorumWords.Of(finding),
        Moves =
        [
            .. (finding.Help?.Moves ?? []).Select(move => new VoterMoveView(
                move.Instance.Value, move.From.Value, move.To.Value, move.Rack.Value)),
        ],
        WitnessVotes = finding.Help?.WitnessVotes,
        Confirmed = Moment.Of(Wall, TimeSpan.Zero),
    };
}
