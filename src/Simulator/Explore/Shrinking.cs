using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>
/// Makes a life that fails small: leaves out what it can (steps, acts, VMs, nodes, rules, fields), then shortens its
/// waits, as long as it still fails. What is left is all that the failure takes.
/// </summary>
/// <param name="fails">Whether a life fails in the way that is looked for.</param>
/// <param name="keepHealing">
/// The last steps, which repair all, are kept: without them nobody promises a good end.
/// </param>
/// <param name="plays">Lives that may be tried; 0 or more.</param>
public sealed class Shrinking(Func<Life, bool> fails, bool keepHealing, int plays)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private int _left = plays;

    public Life Shrink(Life life)
    {
        Life before;
        do
        {
            before = life;
            foreach (var smaller in (Func<Life, IEnumerable<Life>>[])[Tails, Steps, Acts, Vms, Nodes, Rules, Fields])
            {
                life = Exhaust(life, smaller);
            }

            life = Exhaust(life, Waits);
        }
        while (life != before && _left > 0);

        return life;
    }

    /// <summary>Takes the first smaller life that still fails, again and again, until none does.</summary>
    private Life Exhaust(Life life, Func<Life, IEnumerable<Life>> smaller)
    {
        while (_left > 0 && smaller(life).FirstOrDefault(Try) is { } found)
        {
            life = found;
        }

        return life;
    }

    private bool Try(Life life) =>
        _left > 0 && life.Steps.Length > 0 && (!keepHealing || life.Heals) && _left-- > 0 && fails(life);

    private bool MayTouch(LifeStep step) => !keepHealing || !step.Heals;

    /// <summary>Half of the steps at the end, a quarter, and so on: the failure is often over by then.</summary>
    private IEnumerable<Life> Tails(Life life)
    {
        for (var cut = keepHealing ? 0 : life.Steps.Length / 2; cut > 0; cut /= 2)
        {
            yield return life with { Steps = life.Steps[..^cut] };
        }
    }

    /// <summary>A step is left out; its wait is added to the next, so that what follows keeps its time.</summary>
    private IEnumerable<Life> Steps(Life life)
    {
        for (var i = life.Steps.Length - 1; i >= 0; i--)
        {
            if (!MayTouch(life.Steps[i]))
            {
                continue;
            }

            var steps = life.Steps.RemoveAt(i);
            if (i < steps.Length)
            {
                steps = steps.SetItem(i, steps[i] with
                {
                    After = steps[i].After + life.Steps[i].After, Settles = steps[i].Settles || life.Steps[i].Settles,
                });
            }

            yield return life with { Steps = steps };
        }
    }

    private IEnumerable<Life> Acts(Life life)
    {
        for (var i = 0; i < life.Steps.Length && MayTouch(life.Steps[i]); i++)
        {
            var step = life.Steps[i];
            for (var j = 0; j < step.Do.Length && step.Do.Length > 1; j++)
            {
                yield return life with { Steps = life.Steps.SetItem(i, step with { Do = step.Do.RemoveAt(j) }) };
            }

            for (var j = 0; j < step.Do.Length; j++)
            {
                for (var k = 0; k < step.Do[j].Value.Length && step.Do[j].Value.Length > 1; k++)
                {
                    var act = step.Do[j] with { Value = step.Do[j].Value.RemoveAt(k) };
                    yield return life with
                    {
                        Steps = life.Steps.SetItem(i, step with { Do = step.Do.SetItem(j, act) }),
                    };
                }
            }
        }
    }

    private static IEnumerable<Life> Vms(Life life) => life.Vms.Select(vm => Without(life, vm.Name) with
    {
        Vms = life.Vms.Remove(vm),
        Rules =
        [
            .. life.Rules.Where(rule => rule.Kind != LifeRule.Quorum || !rule.Vms.Contains(vm.Name))
                .Select(rule => rule with { Vms = rule.Vms.Remove(vm.Name) })
                .Where(rule => rule.Vms.Length > (rule.Kind == "pin" ? 0 : 1)),
        ],
    });

    /// <summary>A node on which no VM begins.</summary>
    private static IEnumerable<Life> Nodes(Life life) =>
        life.Nodes.Where(node => life.Nodes.Length > 1 && life.Vms.All(vm => vm.Node != node.Name))
            .Select(node => WithoutRackOf(Without(life, node.Name), node) with
            {
                Nodes = life.Nodes.Remove(node),
                Rules =
                [
                    .. life.Rules.Select(rule => rule with { To = rule.To.Remove(node.Name) })
                        .Where(rule => rule.Kind != "pin" || !rule.To.IsEmpty),
                ],
            });

    private static IEnumerable<Life> Rules(Life life) =>
        life.Rules.Select(rule => life with { Rules = life.Rules.Remove(rule) })
            .Concat(life.Policy.Keys.Select(key => life with { Policy = life.Policy.Remove(key) }));

    private static IEnumerable<Life> Fields(Life life) =>
        from vm in life.Vms
        from key in vm.Fields.Keys
        select life with { Vms = life.Vms.Replace(vm, vm with { Fields = vm.Fields.Remove(key) }) };

    /// <summary>Whole seconds first, then half as long.</summary>
    private IEnumerable<Life> Waits(Life life)
    {
        for (var i = 0; i < life.Steps.Length && MayTouch(life.Steps[i]); i++)
        {
            var step = life.Steps[i];
            var whole = TimeSpan.FromSeconds(Math.Floor(step.After.TotalSeconds));
            if (whole != step.After)
            {
                yield return life with { Steps = life.Steps.SetItem(i, step with { After = whole }) };
            }

            if (step.After > Second)
            {
                var half = TimeSpan.FromSeconds(Math.Floor(step.After.TotalSeconds / 2));
                yield return life with { Steps = life.Steps.SetItem(i, step with { After = half }) };
            }
        }
    }

    /// <summary>A rack goes with its last node.</summary>
    private static Life WithoutRackOf(Life life, LifeNode last) =>
        life.Nodes.Any(node => node != last && node.Rack == last.Rack) ? life : Without(life, last.Rack);

    /// <summary>Without every act that is about one name alone, and the name in all others.</summary>
    private static Life Without(Life life, string name) => life with
    {
        Steps =
        [
            .. life.Steps.Select(step => step with
            {
                Do =
                [
                    .. step.Do.Select(act => act with { Value = act.Value.Remove(name) })
                        .Where(act => !act.Value.IsEmpty && !act.Mentions(name)),
                ],
            }).Where(step => !step.Do.IsEmpty),
        ],
    };
}
