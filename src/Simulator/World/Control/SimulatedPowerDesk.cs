using Havm.Core;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Recovery;
using Havm.Model;
using Havm.Simulator.Fencing;

namespace Havm.Simulator.World.Control;

/// <summary>
/// Carries commands to BMCs and to storage, and brings their answers back as facts. An order is looked at once more,
/// against the newest picture, just before it is sent, as the production desk does. BMCs act whether or not the
/// controller still stands when they answer.
/// </summary>
public sealed class SimulatedPowerDesk(VirtualWorld world, SimulatedController controller)
{
    private const string NoAnswer = "no answer; check its power and the management network";

    public void Do(Command command)
    {
        switch (command)
        {
            case ReadPower read:
                Read(read);
                break;
            case PowerOff off:
                Off(off);
                break;
            case PowerOn on:
                On(on);
                break;
            case ReadStorage read:
                Read(read);
                break;
            case CutStorage cut:
                Order(cut, StorageFenceDecider.Stands(controller.Committed, cut, controller.Now), on: false);
                break;
            case GiveStorage give:
                Order(give, StorageFenceDecider.Stands(controller.Committed, give, controller.Now), on: true);
                break;
            default:
                throw new InvalidOperationException($"no such command: {command}");
        }
    }

    private void Read(ReadPower read)
    {
        var asked = controller.Now;
        Call(read.Node, read.Method, bmc => new PowerRead(read.Node, bmc is null
            ? new PowerSeen(asked, PowerState.Unknown, NoAnswer, read.Boot)
            : new PowerSeen(asked, bmc.Stated, "", read.Boot))
        {
            Rung = read.Rung,
        });
    }

    private void Off(PowerOff off)
    {
        if (!FencingDecider.Stands(controller.Committed, off, controller.Now))
        {
            Hear(TimeSpan.Zero, new PowerOffAnswered(off.Node, off.Order.Id, PowerOffFate.NotSent) { Rung = off.Rung });
            return;
        }

        Call(off.Node, off.Method, bmc =>
        {
            var fate = bmc switch
            {
                null => PowerOffFate.NotSent,
                { Stated: PowerState.Off } => PowerOffFate.FoundOff,
                _ => PowerOffFate.Taken,
            };
            if (fate == PowerOffFate.Taken && bmc!.Acts)
            {
                world.Time.After(
                    world.Settings.PowerOff, () => world.Host(off.Node).Supply.Switch(off.Method, on: false));
            }

            return new PowerOffAnswered(off.Node, off.Order.Id, fate) { Rung = off.Rung };
        });
    }

    private void On(PowerOn on)
    {
        if (!PowerOnDecider.Stands(controller.Committed, on))
        {
            Hear(TimeSpan.Zero, new PowerOnAnswered(
                on.Node, on.Boot, "void: the node was heard or cordoned before the order left") { Rung = on.Rung });
            return;
        }

        Call(on.Node, on.Method, bmc =>
        {
            if (bmc is { Acts: true })
            {
                world.Host(on.Node).Supply.Switch(on.Method, on: true);
            }

            return new PowerOnAnswered(on.Node, on.Boot, bmc is null ? NoAnswer : "") { Rung = on.Rung };
        });
    }

    private void Read(ReadStorage read)
    {
        var asked = controller.Now;
        Call(read.Node, read.Method, storage => new StorageRead(read.Node, read.Method, storage is null
            ? new PowerSeen(asked, PowerState.Unknown, NoAnswer, read.Boot)
            : new PowerSeen(asked, storage.Stated, "", read.Boot)));
    }

    private void Order(StorageCommand order, bool stands, bool on)
    {
        if (!stands)
        {
            Hear(TimeSpan.Zero, new StorageAnswered(
                order.Node, order.Method, "void: something was learnt of the node before the order left"));
            return;
        }

        Call(order.Node, order.Method, storage =>
        {
            var took = order is CutStorage cut && storage is { Stated: PowerState.On } ? cut.Cut : (long?)null;
            if (storage is { Acts: true })
            {
                world.Host(order.Node).Supply.Switch(order.Method, on);
            }

            return new StorageAnswered(order.Node, order.Method, storage is null ? NoAnswer : "")
            {
                Took = took,
            };
        });
    }

    /// <summary>Asks a BMC, which acts and answers; it is null when it does not answer in time.</summary>
    private void Call(NodeName node, FenceMethod method, Func<SimulatedBmc?, Input> act)
    {
        var bmc = world.Host(node).Supply.Of(method);
        var dead = !bmc.Answers;
        world.Time.After(dead ? world.Settings.BmcPatience : world.Settings.Bmc, () =>
        {
            var answer = act(dead ? null : bmc);
            controller.Gate.Do(() => controller.Hear(answer));
        });
    }

    private void Hear(TimeSpan wait, Input answer) =>
        world.Time.After(wait, () => controller.Gate.Do(() => controller.Hear(answer)));
}
