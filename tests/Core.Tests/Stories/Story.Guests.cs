using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Silent nodes and their guests, and who asks them.</summary>
internal sealed partial class Story
{
    /// <summary>What cuts a node off leaves the network of its guests whole.</summary>
    public bool GuestsPass { get; set; }

    /// <summary>Guests that answer nobody.</summary>
    public HashSet<InstanceName> Mute { get; } = [];

    private Input? Ask(AskGuests ask) => Hosts[ask.Reader] is { Speaks: true, AgentDown: false } asker
        ? asker.AgentBeat() with
        {
            Guests =
            [
                .. ask.Cards.Where(card => GuestsPass && !Mute.Contains(card.Instance)
                        && Hosts[ask.About] is { Powered: true } home && home.Running.ContainsKey(card.Instance))
                    .Select(card => new GuestAnswer(ask.About, card.Instance)),
            ],
        }
        : null;

    private Input? Ask(AskNode ask) => Hosts[ask.Reader] is { Speaks: true, AgentDown: false } asker
        && Hosts[ask.About] is { Powered: true } silent && silent.EchoesTo.Contains(ask.Reader)
        && silent.Address == ask.Address
            ? asker.AgentBeat() with { Reached = [ask.About] }
            : null;
}
