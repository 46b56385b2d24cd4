using System.Globalization;
using System.Text;
using Havm.Simulator.Scenario;

namespace Havm.Simulator.Explore;

/// <summary>
/// Writes a life as havm-scenario/1. What is explored is what this text says, and so can be played again.
/// </summary>
public static class LifeText
{
    /// <param name="life">What is written.</param>
    /// <param name="name">The scenario's name.</param>
    /// <param name="title">One sentence for people, without quotation marks.</param>
    public static string Of(Life life, string name, string title)
    {
        var text = new StringBuilder()
            .AppendLine("schema: havm-scenario/1")
            .AppendLine(CultureInfo.InvariantCulture, $"name: {name}")
            .AppendLine(CultureInfo.InvariantCulture, $"title: \"{title}\"");
        Racks(text, life);
        text.AppendLine("nodes:");
        foreach (var node in life.Nodes)
        {
            string[] fields =
            [
                node.Powered ? "" : "powered: false", node.Size, node.StorageFence ? "storage-fence: true" : "",
            ];
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {node.Name}: {{{string.Join(", ", fields.Where(field => field.Length > 0))}}}");
        }

        text.AppendLine(life.Vms.IsEmpty ? "vms: {}" : "vms:");
        foreach (var vm in life.Vms)
        {
            var fields = vm.Fields.Select(field => $", {field.Key}: {field.Value}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  {vm.Name}: {{node: {vm.Node}{string.Concat(fields)}}}");
        }

        Rules(text, life);
        if (!life.Policy.IsEmpty)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"policy: {{{string.Join(", ", life.Policy.Select(field => $"{field.Key}: {field.Value}"))}}}");
        }

        Steps(text, life);
        return text.ToString();
    }

    private static void Racks(StringBuilder text, Life life)
    {
        var racks = life.Nodes.GroupBy(node => node.Rack).OrderBy(rack => rack.Key, StringComparer.Ordinal)
            .Select(rack => $"{rack.Key}: [{string.Join(", ", rack.Select(node => node.Name))}]");
        text.AppendLine(CultureInfo.InvariantCulture, $"racks: {{{string.Join(", ", racks)}}}");
    }

    private static void Rules(StringBuilder text, Life life)
    {
        if (life.Rules.FirstOrDefault(rule => rule.Kind == LifeRule.Quorum) is { } quorum)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"quorums: {{q: {{members: [{string.Join(", ", quorum.Vms)}]}}}}");
        }

        var rules = life.Rules.Where(rule => rule.Kind != LifeRule.Quorum).ToList();
        if (rules.Count == 0)
        {
            return;
        }

        text.AppendLine("rules:");
        foreach (var rule in rules)
        {
            var to = rule.Kind == "pin"
                ? $", to: {{{string.Join(", ", rule.To.Select(node => $"{node.Key}: {node.Value}"))}}}"
                    + $", hard: {(rule.Hard ? "true" : "false")}"
                : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {{{rule.Kind}: [{string.Join(", ", rule.Vms)}]{to}}}");
        }
    }

    private static void Steps(StringBuilder text, Life life)
    {
        text.AppendLine("steps:");
        foreach (var (step, i) in life.Steps.Select((step, i) => (step, i)))
        {
            var after = step.After.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"  - after: {after}s");
            if (!step.Settles)
            {
                text.AppendLine("    settle: false");
            }

            text.AppendLine("    do:");
            foreach (var act in step.Do)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"      - {One(act)}");
            }

            if (life.Heals && i == life.Steps.Length - 1 && End(life) is { Count: > 0 } end)
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"    then: {{{string.Join(", ", end.Select(vm => $"{vm.Key}: {vm.Value}"))}}}");
            }
        }
    }

    private static string One(LifeAct act)
    {
        var value = act.Value is [var one] ? one : $"[{string.Join(", ", act.Value)}]";
        return $"{{{act.Verb}: {value}{(act.Rest.Length == 0 ? "" : ", " + act.Rest)}}}";
    }

    /// <summary>How every VM stands once all is repaired: as its last order says.</summary>
    private static SortedDictionary<string, string> End(Life life)
    {
        var end = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var vm in life.Vms)
        {
            end[vm.Name] = vm.Fields.TryGetValue("desired", out var desired) && desired != "running"
                ? desired
                : "any-node";
        }

        foreach (var act in life.Steps.SelectMany(step => step.Do).Where(act => act.Leaves is not null))
        {
            end[act.Value[0]] = act.Leaves!;
        }

        foreach (var name in end.Keys.ToList())
        {
            string[] may = [end[name], .. May(life, name, end[name])];
            end[name] = may is [var one] ? one : $"[{string.Join(", ", may)}]";
        }

        return end;
    }

    private static bool MayLackItsDisks(Life life) => life.Steps.SelectMany(step => step.Do).Any(act =>
        act.Verb is "cut-datastore" or "lose-datastore" or "slow-datastore" or "fill-disk");

    /// <summary>A guest that hangs before it has said a word is one that could not be started.</summary>
    private static bool MayHangAtItsStart(Life life, string name) => life.Steps.SelectMany(step => step.Do).Any(act =>
        act.Verb is "hang-guest" or "panic-guest" or "bite-guest" && act.Value.Contains(name));

    /// <summary>How else it may stand, for what is wrong with it for good.</summary>
    private static IEnumerable<string> May(Life life, string name, string last)
    {
        var fields = life.Vms.FirstOrDefault(vm => vm.Name == name)?.Fields ?? ScenarioFile.Empty<string>();
        var faults = fields.GetValueOrDefault("faults", "");
        if (last == "any-node" && (faults.Length > 0 || fields.ContainsKey("initially") || MayLackItsDisks(life)
            || MayHangAtItsStart(life, name)))
        {
            // Tries that fail may be all that there are.
            yield return "failed";
        }

        if (last == "any-node" && life.Nodes.Any(node => node.Size.Length > 0)
            && life.Steps.SelectMany(step => step.Do).Any(act => act.Verb is "resize" or "add"))
        {
            // It may have grown, or others may, until no node has room for it.
            yield return "waiting";
        }
    }
}
