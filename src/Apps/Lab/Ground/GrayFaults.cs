using System.Globalization;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Faults that leave a node or guest alive and not well. Each is ended by what <see cref="IAsyncDisposable"/> it
/// answers with.
/// </summary>
public sealed class GrayFaults(LabPlan plan)
{
    /// <summary>Between two turns of standing still.</summary>
    private static readonly TimeSpan Awake = TimeSpan.FromMilliseconds(170);

    /// <summary>All processes of one part of a node (`agent`, `warden`, `vms`) stand still.</summary>
    public IAsyncDisposable Freeze(NodePlan node, string part)
    {
        var tree = ProcessTrees.Of(plan, node.Name);
        tree.Signal(part, Machine.Stop);
        return new Ending(() =>
        {
            tree.Signal(part, Machine.Continue);
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// Everything that runs on the node stands still, as when its kernel hangs; its watchdog is not fed any more.
    /// </summary>
    public IAsyncDisposable FreezeAll(NodePlan node)
    {
        string[] parts = [LoopScript.Agent, LoopScript.Warden, LoopScript.Guests, LoopScript.Datastore];
        var frozen = parts.Select(part => Freeze(node, part)).ToList();
        return new Ending(async () =>
        {
            foreach (var part in frozen)
            {
                await part.DisposeAsync();
            }
        });
    }

    /// <summary>
    /// The datastore answers for a twelfth of the time. Whoever asks a second after each answer waits every time.
    /// </summary>
    public IAsyncDisposable SlowDatastore(NodePlan node) =>
        InTurns(node, LoopScript.Datastore, TimeSpan.FromMilliseconds(1800));

    /// <summary>The node's agent comes to run every other second or later: the node has no CPU for it.</summary>
    public IAsyncDisposable Starve(NodePlan node) => InTurns(node, LoopScript.Agent, TimeSpan.FromMilliseconds(2200));

    /// <summary>
    /// The agent's look at the machines of its node does not come back: it waits in reading what one of them runs, and
    /// everything else of the agent goes on.
    /// </summary>
    public async Task<IAsyncDisposable> HoldLookAsync(NodePlan node, string instance)
    {
        var seat = Path.Join(plan.Paths.Instances(node.Name), instance, "seat.json");
        var kept = $"{seat}.kept";
        File.Copy(seat, kept, overwrite: true);
        await Tool.RunAsync("mkfifo", [$"{seat}.pipe"]);
        File.Move($"{seat}.pipe", seat, overwrite: true);
        return new Ending(() =>
        {
            // Whoever waits in opening the pipe is let go on by its other end.
            using var pipe = new FileStream(seat, FileMode.Open, FileAccess.ReadWrite);
            File.Move(kept, seat, overwrite: true);
            return Task.CompletedTask;
        });
    }

    /// <summary>The disk that the node keeps its state on is full.</summary>
    public IAsyncDisposable FillDisk(NodePlan node)
    {
        var empty = NodeDisks.Fill(plan, node);
        return new Ending(() =>
        {
            empty();
            return Task.CompletedTask;
        });
    }

    /// <summary>The node's wall clock jumps, in a lab whose commands were made by <see cref="FakeClocks"/>.</summary>
    public IAsyncDisposable JumpClock(NodePlan node, TimeSpan by)
    {
        FakeClocks.Set(plan, node, by);
        return new Ending(() =>
        {
            FakeClocks.Set(plan, node, TimeSpan.Zero);
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// The node's heartbeats on the datastore are refused, and everything can be read. The whole datastore cannot be
    /// made so under guests that have their disks open there.
    /// </summary>
    public async Task<IAsyncDisposable> RefuseHeartbeatsAsync(NodePlan node)
    {
        var beats = LoopScript.Quote($"{plan.Paths.NodeDatastore(node.Name)}/.havm/heartbeats/{node.Name}.beat");
        await InAsync(node, $"mount --bind {beats} {beats} && mount -o remount,bind,ro {beats}\n");
        return new Ending(() => InAsync(node, $"umount {beats}\n"));
    }

    /// <summary>What the node itself sends and is sent is dropped by its switch; frames of its guests pass.</summary>
    public Task<IAsyncDisposable> CutManagementAsync(NodePlan node)
    {
        var port = LabTarget.Parse(plan, node.Name).Port;
        return DropAsync("havmown", 20,
            [$"iifname \"{port}\" ether saddr {node.MacAddress}", $"oifname \"{port}\" ether daddr {node.MacAddress}"]);
    }

    /// <summary>Nothing passes between the node and the controller; everybody else hears both.</summary>
    public Task<IAsyncDisposable> CutFromControllerAsync(NodePlan node)
    {
        var port = LabTarget.Parse(plan, node.Name).Port;
        var controller = plan.ControllerAddress;
        return DropAsync("havmpart", 30,
            [$"iifname \"{port}\" ip daddr {controller}", $"oifname \"{port}\" ip saddr {controller}"]);
    }

    /// <summary>A part of all frames on the nodes' cables is lost, both ways; on no others' any more.</summary>
    /// <param name="nodes">Whose cables.</param>
    /// <param name="percent">1 to 99.</param>
    public Task<IAsyncDisposable> LoseFramesAsync(IEnumerable<NodePlan> nodes, int percent)
    {
        var some = string.Create(CultureInfo.InvariantCulture, $"numgen random mod 100 < {percent}");
        return DropAsync("havmloss", 10, nodes.Select(node => LabTarget.Parse(plan, node.Name).Port)
            .SelectMany(port => new[] { $"iifname \"{port}\" {some}", $"oifname \"{port}\" {some}" }));
    }

    /// <summary>A part of the node stands still again and again, in turns that keep no step with who asks it.</summary>
    private IAsyncDisposable InTurns(NodePlan node, string part, TimeSpan asleep)
    {
        var tree = ProcessTrees.Of(plan, node.Name);
        var over = new CancellationTokenSource();
        var turns = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                tree.Signal(part, Machine.Stop);
                await Task.Delay(asleep);
                tree.Signal(part, Machine.Continue);
                await Task.Delay(Awake);
            }
        });
        return new Ending(async () =>
        {
            await over.CancelAsync();
            await turns;
            over.Dispose();
        });
    }

    /// <summary>The switches drop what any of these matches, in the place of what this table said before.</summary>
    private async Task<IAsyncDisposable> DropAsync(string table, int priority, IEnumerable<string> matches)
    {
        var none = $"table bridge {table}\ndelete table bridge {table}\n";
        await FilterAsync(
            $"{none}table bridge {table} {{\nchain drops {{ type filter hook forward priority {priority};\n"
                + $"{string.Concat(matches.Select(match => $"{match} drop\n"))}}}\n}}\n");
        return new Ending(() => FilterAsync(none));
    }

    private Task FilterAsync(string rules) => Tool.RunAsync(
        "nsenter", [$"--net=/run/netns/{plan.Namespace(LabNetwork.Switches)}", "nft", "-f", "-"], rules);

    /// <summary>A script among the node's own mounts.</summary>
    private Task InAsync(NodePlan node, string script)
    {
        var init = ProcessTrees.Of(plan, node.Name).Processes(LoopScript.Init).First();
        return Tool.RunAsync("nsenter", ["--target", $"{init}", "--mount", "sh"], script);
    }

    private sealed class Ending(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
