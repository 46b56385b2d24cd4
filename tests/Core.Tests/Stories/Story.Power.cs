using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What answers power commands: BMCs, and the outlets of a PDU where a node has them.</summary>
internal sealed partial class Story
{
    /// <summary>Outlets that are off.</summary>
    public HashSet<NodeName> Dark { get; } = [];

    /// <summary>Nodes whose object names the outlets of another machine, which is in no story.</summary>
    public HashSet<NodeName> WrongOutlets { get; } = [];

    /// <summary>PDUs that answer nothing.</summary>
    public HashSet<NodeName> SilentOutlets { get; } = [];

    private PowerRead Look(SmallHost host, Instant asked, ReadPower read)
    {
        var seen = read.Method.SeesMachine ? Seen(host, asked, read.Boot) : Outlets(host, asked, read.Boot);
        host.CameOnUntold &= seen.State != PowerState.On;
        return new PowerRead(read.Node, seen) { Rung = read.Rung };
    }

    private PowerSeen Outlets(SmallHost host, Instant asked, BootId boot) => SilentOutlets.Contains(host.Name)
        ? new PowerSeen(asked, PowerState.Unknown, "no answer", boot)
        : new PowerSeen(asked, Dark.Contains(host.Name) ? PowerState.Off : PowerState.On, "", boot);

    /// <summary>A BMC knows no boots: the order meets whatever runs when it arrives.</summary>
    private PowerOffAnswered SwitchOff(SmallHost host, PowerOff off)
    {
        var before = off.Method.SeesMachine ? Seen(host, Now, off.Order.Boot) : Outlets(host, Now, off.Order.Boot);
        if (before.State == PowerState.On)
        {
            host.OffOrderTaken = (host.Boot, Now);
        }

        if (off.Method.SeesMachine ? host is { Bmc: BmcMood.Honest, Powered: true } : before.State == PowerState.On)
        {
            Cut(host, off.Method);
        }

        return new PowerOffAnswered(off.Node, off.Order.Id, before.State switch
        {
            PowerState.On => host.LosesAnswers ? PowerOffFate.AnswerLost : PowerOffFate.Taken,
            PowerState.Off => PowerOffFate.FoundOff,
            _ => PowerOffFate.NotSent,
        })
        {
            Rung = off.Rung,
        };
    }

    private void Cut(SmallHost host, FenceMethod method)
    {
        if (!method.SeesMachine)
        {
            Dark.Add(host.Name);
            if (WrongOutlets.Contains(host.Name))
            {
                return;
            }

            host.Bmc = BmcMood.Dead;
        }

        if (host.Powered)
        {
            host.PowerOff();
            host.OffByOrder = true;
        }
    }

    private PowerOnAnswered SwitchOn(SmallHost host, PowerOn on)
    {
        if (!on.Method.SeesMachine && Dark.Remove(host.Name))
        {
            host.Bmc = BmcMood.Honest;
        }
        else if (host is { Bmc: BmcMood.Honest, Powered: false, NeverBoots: false })
        {
            Reboot(host);
            host.CameOnUntold = true;
        }

        return new PowerOnAnswered(on.Node, on.Boot, Seen(host, Now, on.Boot).Trouble) { Rung = on.Rung };
    }

    private static PowerSeen Seen(SmallHost host, Instant asked, BootId boot) => host.Bmc switch
    {
        BmcMood.Dead => new PowerSeen(asked, PowerState.Unknown, host.BmcTrouble, boot),
        BmcMood.SaysOff => new PowerSeen(asked, PowerState.Off, "", boot),
        BmcMood.Honest or BmcMood.Lazy => new PowerSeen(asked, host.Powered ? PowerState.On : PowerState.Off, "", boot),
    };
}
