using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class NodeTables
{
    public static void List(ListView<NodeView> nodes, Page page)
    {
        var table = new TextTable(
            new("NODE"), new("RACK"), new("PHASE"), new("FITNESS", 1), new("INST", 2, Right: true),
            new("CPU", 3, Right: true), new("MEMORY", 3, Right: true), new("BMC", 2), new("HEARD", 1, Right: true),
            new("HEARD AT", 5), new("REASON", 4, Stretch: true));
        foreach (NodeView node in nodes.Items)
        {
            table.Add(
                node.Name, node.Rack, Phase(node), Fitness(node), $"{node.Instances.Length}",
                $"{node.CpusUsed}/{node.Cpus}",
                $"{node.MemoryUsedBytes / Bytes.Mebi}/{node.MemoryBytes / Bytes.Mebi} MiB",
                node.Bmc is { } bmc ? Tones.Phase(bmc.Power) : Times.None,
                Times.Ago(node.Confirmed), Times.Absolute(node.Confirmed),
                node.Conditions.FirstOrDefault(c => c.Type == ConditionView.Ailing)?.Message ?? node.Reason?.Message);
        }

        page.Table(table, "There are no nodes.");
    }

    private static Cell Phase(NodeView node)
    {
        string[] words =
        [
            .. node.Conditions.Where(c => c is { Type: "Cordoned", Status: "true" }).Select(_ => "cordoned"),
            .. node.Conditions.Where(c => c.Type == ConditionView.Drained)
                .Select(c => c.Status == "true" ? "safe to power off" : "draining"),
            .. node.Conditions.Where(c => c.Type == ConditionView.Ailing).Take(1).Select(_ => "ailing"),
        ];
        return words.Length > 0
            ? new Cell($"{node.Phase}, {string.Join(", ", words)}", Tone.Warn)
            : Tones.Phase(node.Phase);
    }

    private static Cell Fitness(NodeView node) => node.Fitness == "fit"
        ? new Cell(node.Fitness)
        : new Cell(
            node.FitAt is { } until ? $"{node.Fitness} until {until.UtcDateTime:HH:mm}Z" : node.Fitness, Tone.Warn);

    public static void Show(NodeView node, Page page)
    {
        page.Field("Node", new Cell(node.Name, Tone.Strong));
        page.Field("Rack", node.Rack);
        page.Field("Phase", Phase(node));
        page.Field("Fitness", Fitness(node));
        Parts.Reason(page, node.Reason);
        page.Field("Heard", Times.Both(node.Confirmed));
        page.Field("Boot id", node.BootId);
        page.Field("Agent", node.AgentConnected
            ? new Cell("connected", Tone.Good)
            : new Cell("not connected", Tone.Bad));
        page.Field("Warden", node.WardenConnected
            ? new Cell("connected", Tone.Good)
            : new Cell("not connected", Tone.Bad));
        page.Field("CPUs", $"{node.CpusUsed} of {node.Cpus} given away");
        page.Field("Memory", $"{new Bytes(node.MemoryUsedBytes)} of {new Bytes(node.MemoryBytes)} given away");
        page.Field("Watchdog", node.Watchdog);
        if (node.Fencing.Length < 2)
        {
            page.Field("BMC", node.Bmc is { } bmc ? Said(bmc) : "none: this node cannot be switched off from outside");
        }

        for (int rung = 0; rung < node.Fencing.Length && node.Fencing.Length > 1; rung++)
        {
            page.Field($"Fencing {rung + 1}", Said(node.Fencing[rung]));
        }

        page.Field("Instances", node.Instances.IsEmpty ? "none" : string.Join(", ", node.Instances));
        Parts.Conditions(page, node.Conditions);
        Diagnosis(node.Diagnosis, page);
    }

    /// <summary>What its host looked at, the bad first.</summary>
    public static void Diagnosis(DiagnosisView? diagnosis, Page page)
    {
        if (diagnosis is null)
        {
            return;
        }

        page.Heading("Diagnosis");
        page.Text(
            $"{diagnosis.Outcome} {Times.Absolute(new Moment(diagnosis.EndedAt ?? diagnosis.OrderedAt, 0))}: "
                + diagnosis.Message, 2, diagnosis.Outcome == "failed" ? Tone.Bad : Tone.Plain);
        foreach (DiagnosisFindingView found in diagnosis.Findings.OrderBy(found => found.Result == "fail" ? 0 : 1))
        {
            string subject = found.Of.Length == 0 ? found.Check : $"{found.Check} {found.Of}";
            page.Text($"{found.Result} {subject}: {found.Message}"
                + (found.Remedy.Length > 0 ? $"; {found.Remedy}" : ""), 4,
                found.Result == "fail" ? Tone.Bad : Tone.Plain);
        }
    }

    private static Cell Said(BmcView bmc)
    {
        string said = $"{bmc.Url}, {NodeReportTables.States(bmc)}, read {Times.Both(bmc.Confirmed)}";
        return bmc.Trouble is { } trouble ? new Cell($"{said}: {trouble}", Tone.Warn) : new Cell(said);
    }
}
