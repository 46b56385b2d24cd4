using System.Globalization;
using System.Text;

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
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {node.Name}: {{{(node.Powered ? "" : "powered: false")}}}");
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
        if (life.Rules.IsEmpty)
        {
            return;
        }

        text.AppendLine("rules:");
        foreach (var rule in life.Rules)
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
            end[vm.Name] = vm.Stopped ? "stopped" : "any-node";
        }

        foreach (var act in life.Steps.SelectMany(step => step.Do).Where(act => act.Leaves is not null))
        {
            end[act.Value[0]] = act.Leaves!;
        }

        // Tries that fail may be all that there are.
        foreach (var vm in life.Vms.Where(vm => vm.Fields.ContainsKey("faults") && end[vm.Name] == "any-node"))
        {
            end[vm.Name] = "[any-node, failed]";
        }

        return end;
    }
}
