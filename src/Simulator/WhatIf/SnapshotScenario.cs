using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Specs;

namespace Havm.Simulator.WhatIf;

/// <summary>
/// A cluster's state as a scenario whose names are the cluster's own, with actions as its steps. It is written as text
/// and read by the scenarios' reader, so that every verb and every error is the same.
/// </summary>
public static partial class SnapshotScenario
{
    /// <summary>
    /// A leader that has just taken office may not yet use all proofs; the cluster's own has sat longer than the
    /// longest T, 68 s, and has looked at every BMC.
    /// </summary>
    private static readonly TimeSpan LongInOffice = TimeSpan.FromSeconds(140);

    /// <summary>Names told to somebody who wrote one that does not exist.</summary>
    private const int NamesTold = 40;

    /// <summary>The scenario; or every error of the actions, each naming its line.</summary>
    /// <param name="name">What the run is called.</param>
    /// <param name="ledger">The cluster's state.</param>
    /// <param name="lines">Actions, one a line, in order.</param>
    /// <param name="apart">Between one action and the next; null: all at once.</param>
    public static (ScenarioFile? Scenario, ImmutableArray<SpecError> Errors) Of(
        string name, Ledger ledger, ImmutableArray<string> lines, TimeSpan? apart)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"schema: {ScenarioFile.Schema}\nname: {name}\n");
        Ground(text, ledger);
        text.Append("policy: {on-shutdown: hold, on-reboot: hold}\nsteps:\n");
        foreach (var (line, i) in lines.Select((line, i) => (line, i)))
        {
            if (i == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"- after: {LongInOffice.TotalSeconds:0}s\n  do:\n");
            }
            else if (apart is { } wait)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"- after: {wait.TotalMilliseconds:0}ms\n  settle: false\n  do:\n");
            }

            text.Append(Item(line));
        }

        var (scenario, errors) = ScenarioReader.Read(text.ToString(), "--do");
        return (scenario, [.. errors.Select(error => InLine(error, ledger, lines, apart is not null))]);
    }

    /// <summary>
    /// On one line, whatever was written: a place in the text made here must stay a place in that line.
    /// </summary>
    private static string Item(string line) => $"  - {ActionLine.ToYaml(line.ReplaceLineEndings(" "))}\n";

    private static void Ground(StringBuilder text, Ledger ledger)
    {
        var racks = ledger.Nodes.Keys.ToLookup(node => ledger.NodeSpecOf(node)?.Rack.Value);
        text.Append("racks:\n");
        foreach (var rack in racks.Where(rack => rack.Key is not null).OrderBy(rack => rack.Key))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  {Quoted(rack.Key!)}: [{string.Join(", ", rack.Select(node => Quoted(node.Value)))}]\n");
        }

        text.Append("nodes:\n");
        foreach (var node in ledger.Nodes.Values)
        {
            var spec = ledger.NodeSpecOf(node.Name);
            text.Append(CultureInfo.InvariantCulture, $"  {Quoted(node.Name.Value)}: {{powered: ")
                .Append(node.Phase == NodePhase.Up ? "true" : "false")
                .Append(CultureInfo.InvariantCulture, $", cpu: {Math.Max(1, spec?.Cpus ?? 1)}}}\n");
        }

        // Where they sit is in the founding state; a scenario wants a node named for each.
        var any = ledger.Nodes.Keys.FirstOrDefault();
        text.Append("vms:").Append(ledger.Instances.Count == 0 ? " {}\n" : "\n");
        foreach (var instance in ledger.Instances.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Quoted(instance.Name.Value)}: ")
                .Append(CultureInfo.InvariantCulture, $"{{node: {Quoted((instance.Seat?.Node ?? any).Value)}, ")
                .Append(CultureInfo.InvariantCulture, $"isolation: {Word.Of(instance.Machine.Isolation)}}}\n");
        }
    }

    private static string Quoted(string name) => JsonSerializer.Serialize(name);

    private static SpecError InLine(
        SpecError error, Ledger ledger, ImmutableArray<string> lines, bool steps)
    {
        var found = Place().Match(error.Field);
        if (!found.Success && lines is not [_])
        {
            return error with { Line = null, Column = null };
        }

        var index = !found.Success ? 0
            : int.Parse(found.Groups[steps ? "step" : "action"].Value, CultureInfo.InvariantCulture);
        return new SpecError(
            "--do", $"\"{lines[index]}\"", error.Reason.Replace("which is not declared", "which does not exist"),
            error.Remedy.StartsWith("write one of", StringComparison.Ordinal)
                ? error.Remedy
                : error.Remedy + WhatExists(error.Reason, ledger));
    }

    /// <summary>All that could have been meant, where the reader's remedy names the nearest alone.</summary>
    private static string WhatExists(string reason, Ledger ledger)
    {
        string[] all = reason.Split(' ') switch
        {
            ["the", "verb", ..] => [.. Verbs.Names],
            ["names", "node", ..] => [.. ledger.Nodes.Keys.Select(node => node.Value)],
            ["names", "rack", ..] => [.. ledger.All<RackSpec>().Select(rack => rack.Name)],
            ["names", "VM", ..] => [.. ledger.Instances.Values.Select(instance => instance.Name.Value)],
            _ => [],
        };
        var told = string.Join(", ", all.Order(NaturalOrder.Instance).Take(NamesTold));
        return all.Length == 0 ? "" : $" (there are {told}"
            + (all.Length > NamesTold ? $" and {all.Length - NamesTold} more)" : ")");
    }

    [GeneratedRegex(@"^steps\[(?<step>\d+)\](\.do\[(?<action>\d+)\])?")]
    private static partial Regex Place();
}
