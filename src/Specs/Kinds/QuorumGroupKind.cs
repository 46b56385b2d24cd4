using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Instances that decide by majority.</summary>
internal static class QuorumGroupKind
{
    private const int MostVotes = 100;

    private static readonly Member<Voter, string> Instance = Member.Required<Voter, string>(
        "instance", TextType.Name, v => v.Instance.Value, "The instance's name.");

    private static readonly Member<Voter, int> Votes = Member.Optional(
        "votes", new IntegerType(0, MostVotes), 1, (Voter v) => v.Votes, "Its votes; an arbiter has them too.");

    private static readonly Shape<Voter> VoterShape = new(
        [Instance, Votes], v => new Voter(new InstanceName(v.Get(Instance)), v.Get(Votes)));

    private static readonly Member<QuorumGroupSpec, ImmutableArray<Voter>> Members =
        Member.Required<QuorumGroupSpec, ImmutableArray<Voter>>(
            "members", new ListType<Voter>(VoterShape, 50, Min: 2, Key: "instance"), s => s.Members,
            "Those who vote, two or more.");

    private static readonly Member<QuorumGroupSpec, int> Witness = Member.Optional(
        "witnessVotes", new IntegerType(0, MostVotes), 0, (QuorumGroupSpec s) => s.WitnessVotes,
        "Votes of a witness that is no instance of this cluster.");

    public static readonly SpecKind QuorumGroup = new SpecKind<QuorumGroupSpec>(
        "QuorumGroup",
        "Instances that decide by the majority of their votes: automation takes none away whose votes it would cost.",
        new Shape<QuorumGroupSpec>(
            [Members, Witness],
            v => new QuorumGroupSpec { Members = v.Get(Members), WitnessVotes = v.Get(Witness) },
            new Rule([Members], Check)));

    private static void Check(Values values)
    {
        if (values.Get(Members).All(member => member.Votes == 0))
        {
            values.Refuse("members", "have no vote among them", "give one of them votes");
        }
    }
}
