using System.Text;
using Havm.Core.Placement;
using Havm.Model;
using Havm.Simulator.WhatIf;

namespace Havm.Simulator.Report;

/// <summary>What a report says in words and numbers.</summary>
internal static class ReportTables
{
    /// <summary>Rows of one table; what is more is counted, and stands whole in the trace.</summary>
    private const int MostRows = 2000;

    public static void Tiles(StringBuilder page, ReportData data)
    {
        page.Append("<div class=\"tiles\">");
        if (data.Answer is { } answer)
        {
            var back = answer.Instances.Where(vm => vm.Ends == "running").ToList();
            var waits = answer.Instances.Length - back.Count;
            var dead = answer.Nodes.Count(node => node.DeadSeconds is not null);
            Tile(page, $"{dead}", $"node{(dead == 1 ? "" : "s")} proven off", dead > 0 ? "bad" : "");
            Tile(page, $"{back.Count}", back.Max(vm => vm.RunningSeconds) is { } last
                ? $"run again, the last after {last:0.0} s" : "run again", "");
            Tile(page, $"{waits}", "do not run", waits > 0 ? "bad" : "good");
            var worse = answer.Spread.Count(set => set.Worse);
            Tile(page, $"{worse}", $"availability set{(worse == 1 ? " is" : "s are")} spread worse",
                worse > 0 ? "bad" : "good");
            Tile(page, answer.After.OneMoreNode ? "yes" : "no", "one more node could be lost",
                answer.After.OneMoreNode ? "good" : "bad");
        }
        else
        {
            Tile(page, data.Failures.IsEmpty ? "passed" : "failed", "what the scenario expects",
                data.Failures.IsEmpty ? "good" : "bad");
            Tile(page, $"{data.To:0} s", "lived", "");
            Tile(page, $"{data.Decisions.Length}", "decisions told", "");
            Tile(page, $"{data.Incidents.Length}", "incidents", "");
        }

        page.Append("</div>\n");
    }

    public static void List(StringBuilder page, string kind, string heading, IReadOnlyCollection<string> lines)
    {
        if (lines.Count > 0)
        {
            page.Append($"<details open class=\"card {kind}\"><summary>{heading}</summary><ul>")
                .AppendJoin("", lines.Select(line => $"<li>{ReportPage.Text(line)}</li>"))
                .Append("</ul></details>\n");
        }
    }

    public static void Answer(StringBuilder page, ReportData data)
    {
        if (data.Answer is not { } answer)
        {
            return;
        }

        Table(page, "Instances", ["instance", "from", "#down", "#placed", "#running", "ends", "why"],
            [.. answer.Instances.Select(vm => new[]
            {
                vm.Instance, vm.From ?? "", At(vm.DownSeconds), At(vm.PlacedSeconds), At(vm.RunningSeconds),
                vm.On is { } on ? $"+on {on}" : $"-{vm.Ends}", vm.Why,
            })]);
        Table(page, "Nodes",
            ["node", "rack", "what happens to it", "#lost", "#fenced", "#proven off", "#up again", "why"],
            [.. answer.Nodes.Select(node => new[]
            {
                node.Node, node.Rack, node.Fault, At(node.LostSeconds), At(node.FencedSeconds), At(node.DeadSeconds),
                At(node.UpSeconds), node.Why,
            })]);
        Table(page, "Spread over fault domains",
            ["availability set", "#members", "#domains before", "#after", "#most in one before", "#after"],
            [.. answer.Spread.Select(set => new[]
            {
                set.Set, $"{set.Members}", $"{set.Before.Domains}",
                $"{(set.After.Domains < set.Before.Domains ? "-" : "+")}{set.After.Domains}", $"{set.Before.Most}",
                $"{(set.After.Most > set.Before.Most ? "-" : "+")}{set.After.Most}",
            })]);
        Table(page, "Reserve", ["", "before", "after"],
        [
            Row("nodes up", r => $"{r.NodesUp}"),
            Row("memory free", r => $"{r.MemoryFree}"),
            Row("virtual CPUs free", r => $"{r.CpusFree}"),
            Row("largest VM that still fits", r => $"{r.LargestVm}"),
            Row("instances that wait", r => $"{r.Waiting}"),
            Row("one more node could be lost", r => $"{(r.OneMoreNode ? "+yes" : "-no")}: {r.OneMoreNodeWhy}"),
        ]);
        List(page, "", "Played otherwise than it is", answer.Notes);

        string[] Row(string name, Func<Reserve, string> of) => [name, of(answer.Before), of(answer.After)];
    }

    public static void Incidents(StringBuilder page, ReportData data)
    {
        if (data.Incidents.IsEmpty)
        {
            return;
        }

        var longest = data.Incidents.Max(one => one.Phases.Sum(phase => phase.Seconds));
        Begin(page, $"Incidents ({data.Incidents.Length})", ["incident", "subject", "#at", "phases", "became", "why"]);
        foreach (var one in data.Incidents.Take(MostRows))
        {
            page.Append("<tr>");
            Cell(page, $"{one.Id} {one.Kind}", "w");
            Cell(page, one.Subject, "w");
            Cell(page, At(one.At), "n");
            page.Append("<td>");
            Phases(page, one, longest);
            page.Append("</td>");
            Cell(page, one.Outcome, "");
            Cell(page, one.Why, "");
            page.Append("</tr>\n");
        }

        End(page, data.Incidents.Length);
    }

    public static void Decisions(StringBuilder page, ReportData data)
    {
        if (data.Decisions.IsEmpty)
        {
            return;
        }

        Begin(page, $"Decisions ({data.Decisions.Length})", ["#at", "about", "what", "why"]);
        foreach (var mark in data.Decisions.Take(MostRows))
        {
            page.Append("<tr>");
            Cell(page, $"{mark.At:0.000} s", "n");
            Cell(page, mark.Subject, "w");
            Cell(page, mark.What, "w");
            Cell(page, mark.Why, "");
            page.Append("</tr>\n");
        }

        End(page, data.Decisions.Length);
    }

    /// <summary>Phases end to end, to the scale of the longest incident.</summary>
    private static void Phases(StringBuilder page, IncidentRow one, double longest)
    {
        const double Width = 220;
        page.Append($"<svg class=\"p\" viewBox=\"0 0 {Width} 12\" style=\"width:{Width}px\">");
        var x = 0.0;
        foreach (var (phase, seconds) in one.Phases)
        {
            var width = longest > 0 ? seconds / longest * Width : 0;
            page.Append($"<rect class=\"{phase}\" x=\"{x:0.#}\" height=\"12\" ")
                .Append($"width=\"{Math.Max(0.8, width - 0.6):0.#}\"><title>{phase} {seconds:0.000} s</title></rect>");
            x += width;
        }

        page.Append("</svg><small>")
            .AppendJoin(", ", one.Phases.Select(phase => $"{phase.Phase} {phase.Seconds:0.0}")).Append("</small>");
    }

    /// <summary>A heading that begins with # is of numbers; a cell that begins with + or - is good or bad.</summary>
    private static void Table(StringBuilder page, string heading, string[] columns, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Begin(page, rows.Count > 12 ? $"{heading} ({rows.Count})" : heading, columns);
        foreach (var row in rows.Take(MostRows))
        {
            page.Append("<tr>");
            foreach (var (cell, column) in row.Zip(columns))
            {
                var place = column.StartsWith('#') ? "n" : "";
                var tone = cell.StartsWith('-') ? "bad" : cell.StartsWith('+') && !cell.EndsWith(" s") ? "good" : "";
                Cell(page, tone.Length > 0 ? cell[1..] : cell, $"{place} {tone}".Trim());
            }

            page.Append("</tr>\n");
        }

        End(page, rows.Count);
    }

    private static void Begin(StringBuilder page, string heading, string[] columns) => page
        .Append($"<details open class=\"card\"><summary>{ReportPage.Text(heading)}</summary>")
        .Append("<div class=\"scroll\"><table><tr>")
        .AppendJoin("", columns.Select(column => column.StartsWith('#')
            ? $"<th class=\"n\">{column[1..]}</th>" : $"<th>{column}</th>"))
        .Append("</tr>\n");

    private static void End(StringBuilder page, int rows) => page.Append("</table>")
        .Append(rows > MostRows ? $"<p class=\"sub\">and {rows - MostRows} more</p>" : "")
        .Append("</div></details>\n");

    private static void Cell(StringBuilder page, string text, string kind) => page
        .Append(kind.Length > 0 ? $"<td class=\"{kind}\">" : "<td>").Append(ReportPage.Text(text)).Append("</td>");

    private static void Tile(StringBuilder page, string figure, string says, string tone) =>
        page.Append($"<div class=\"tile {tone}\"><b>{figure}</b><span>{says}</span></div>");

    private static string At(double? seconds) => seconds is { } after ? $"+{after:0.0} s" : "";
}
