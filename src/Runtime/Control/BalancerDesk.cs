using System.Collections.Concurrent;
using Havm.Core;
using Havm.Core.Rotation;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.Control;

/// <summary>
/// Tends the load balancers by the committed picture, each twice a second and at once when its plan has changed, and
/// brings back what they say. A controller that is not to act leaves them as they are. Decides nothing.
/// </summary>
internal sealed class BalancerDesk(
    ILoadBalancer balancers, IClock clock, Func<Cluster> committed, Action<Input> post, Action<Reason> log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>What it says is acted on within a second of its probes, with half of that left for all else.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Tended> _tended = new();

    public async Task RunAsync(CancellationToken cancel)
    {
        var swept = false;
        while (!cancel.IsCancellationRequested)
        {
            var cluster = committed();
            if (cluster.Office.Overruled is null && cluster.Office.Leads(clock.Now))
            {
                var names = cluster.Ledger.All<LoadBalancerSpec>().Select(b => b.Name).ToHashSet();
                foreach (var name in names)
                {
                    TendIfDue(cluster, name, cancel);
                }

                swept = await SweepAsync(names, swept, cancel);
            }

            await Task.Delay(Look, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void TendIfDue(Cluster cluster, string name, CancellationToken cancel)
    {
        var tended = _tended.GetOrAdd(name, _ => new Tended());
        if (tended.Busy is { IsCompleted: false } || BalancerPlan.Of(cluster, name) is not { } plan
            || (clock.Now - tended.At < Period && tended.IsOf(plan)))
        {
            return;
        }

        (tended.At, tended.Plan) = (clock.Now, plan);
        tended.Busy = Task.Run(() => TendAsync(tended, plan, cancel), cancel);
    }

    private async Task TendAsync(Tended tended, BalancerPlan plan, CancellationToken cancel)
    {
        var asked = clock.Now;
        var answer = await Answer(balancers.TendAsync(plan, cancel));
        if (answer.Trouble != tended.Trouble)
        {
            tended.Trouble = answer.Trouble;
            log(new Reason("rotation", answer.Word is null ? "balancerSilent" : "balancerHeard",
                $"LoadBalancer/{plan.Name} " + (answer.Word is null ? answer.Trouble : "is heard again")));
        }

        post(answer.Word is { } word
            ? new BalancerSpoke(plan.Name, asked, word)
            : new BalancerSilent(plan.Name, answer.Trouble));
    }

    /// <summary>Ends balancers that no object asks for any more, also those of a life before.</summary>
    private async Task<bool> SweepAsync(HashSet<string> wanted, bool swept, CancellationToken cancel)
    {
        if (swept && _tended.Keys.All(wanted.Contains))
        {
            return true;
        }

        try
        {
            foreach (var name in await balancers.KnownAsync(cancel))
            {
                if (!wanted.Contains(name))
                {
                    await balancers.RemoveAsync(name, cancel);
                    _tended.TryRemove(name, out _);
                    log(new Reason("rotation", "balancerRemoved", $"LoadBalancer/{name} is not asked for any more"));
                }
            }

            return true;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            log(new Reason("rotation", "balancerNotRemoved", cause.Message));
            return true;
        }
    }

    /// <summary>A driver that throws in spite of its promise must not leave its balancer untended for ever.</summary>
    private static async Task<BalancerAnswer> Answer(Task<BalancerAnswer> asked)
    {
        try
        {
            return await asked;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            return BalancerAnswer.Silent($"the balancer's driver failed: {cause.Message}");
        }
    }

    private sealed class Tended
    {
        public Instant At { get; set; } = Instant.Origin;

        public BalancerPlan? Plan { get; set; }

        public Task? Busy { get; set; }

        public string Trouble { get; set; } = "";

        public bool IsOf(BalancerPlan plan) => Plan is { } before && before.Spec.Equals(plan.Spec)
            && before.Members.AsSpan().SequenceEqual(plan.Members.AsSpan());
    }
}
