using Havm.Core;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Recovery;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.Control;

/// <summary>
/// Carries commands to BMCs and to storage, and brings their answers back as inputs. An order is looked at once more,
/// against the newest committed picture, just before it is sent: a node that spoke meanwhile is not switched off, and
/// one that somebody has cordoned meanwhile is not switched on.
/// </summary>
internal sealed class PowerDesk(IPowerFence fence, IClock clock, Func<Cluster> committed, Action<Input> post)
{
    public void Do(Command command, CancellationToken cancel)
    {
        switch (command)
        {
            case ReadPower read:
                _ = Task.Run(() => ReadAsync(read, cancel), cancel);
                break;
            case PowerOff off:
                _ = Task.Run(() => OffAsync(off, cancel), cancel);
                break;
            case PowerOn on:
                _ = Task.Run(() => OnAsync(on, cancel), cancel);
                break;
            case ReadStorage read:
                _ = Task.Run(() => ReadAsync(read, cancel), cancel);
                break;
            case CutStorage cut:
                bool CutStands() => StorageFenceDecider.Stands(committed(), cut, clock.Now);
                _ = Task.Run(() => OrderAsync(cut, CutStands, fence.OffAsync, cancel), cancel);
                break;
            case GiveStorage give:
                bool GiveStands() => StorageFenceDecider.Stands(committed(), give, clock.Now);
                _ = Task.Run(() => OrderAsync(give, GiveStands, fence.OnAsync, cancel), cancel);
                break;
        }
    }

    private async Task ReadAsync(ReadPower read, CancellationToken cancel)
    {
        var asked = clock.Now;
        var answer = await Answer(fence.ReadAsync(read.Node, read.Method, cancel));
        post(new PowerRead(read.Node, new PowerSeen(asked, answer.State, answer.Message, read.Boot))
        {
            Rung = read.Rung,
        });
    }

    private async Task OffAsync(PowerOff off, CancellationToken cancel)
    {
        if (!FencingDecider.Stands(committed(), off, clock.Now))
        {
            post(new PowerOffAnswered(off.Node, off.Order.Id, PowerOffFate.NotSent) { Rung = off.Rung });
            return;
        }

        var answer = await Answer(fence.OffAsync(off.Node, off.Method, cancel));
        post(new PowerOffAnswered(off.Node, off.Order.Id, FateBy(answer)) { Rung = off.Rung });
    }

    private async Task OnAsync(PowerOn on, CancellationToken cancel)
    {
        if (!PowerOnDecider.Stands(committed(), on))
        {
            post(new PowerOnAnswered(
                on.Node, on.Boot, "void: the node was heard or cordoned before the order left") { Rung = on.Rung });
            return;
        }

        var answer = await Answer(fence.OnAsync(on.Node, on.Method, cancel));
        post(new PowerOnAnswered(on.Node, on.Boot, answer.Trouble == FenceTrouble.None ? "" : answer.Message)
        {
            Rung = on.Rung,
        });
    }

    private async Task ReadAsync(ReadStorage read, CancellationToken cancel)
    {
        var asked = clock.Now;
        var answer = await Answer(fence.ReadAsync(read.Node, read.Method, cancel));
        post(new StorageRead(
            read.Node, read.Method, new PowerSeen(asked, answer.State, answer.Message, read.Boot)));
    }

    private async Task OrderAsync(
        StorageCommand order, Func<bool> stands,
        Func<NodeName, FenceMethod, CancellationToken, Task<PowerAnswer>> send, CancellationToken cancel)
    {
        var answer = stands() ? await Answer(send(order.Node, order.Method, cancel)) : new PowerAnswer(
            PowerState.Unknown, FenceTrouble.Refused, "void: something was learnt of the node before the order left");
        post(new StorageAnswered(order.Node, order.Method, answer.Message)
        {
            Took = (order, answer) is (CutStorage cut, { Trouble: FenceTrouble.None, State: PowerState.On })
                ? cut.Cut : null,
        });
    }

    private static PowerOffFate FateBy(PowerAnswer answer) => answer switch
    {
        { Trouble: FenceTrouble.None, State: PowerState.Off } => PowerOffFate.FoundOff,
        { Trouble: FenceTrouble.None } => PowerOffFate.Taken,
        { State: PowerState.Unknown } => PowerOffFate.NotSent,
        { Trouble: FenceTrouble.Unreachable } => PowerOffFate.AnswerLost,
        _ => PowerOffFate.Refused,
    };

    /// <summary>A driver that throws in spite of its promise must not leave the question open for ever.</summary>
    private static async Task<PowerAnswer> Answer(Task<PowerAnswer> asked)
    {
        try
        {
            return await asked;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            return new PowerAnswer(
                PowerState.Unknown, FenceTrouble.Refused, $"the fence driver failed: {cause.Message}");
        }
    }
}
