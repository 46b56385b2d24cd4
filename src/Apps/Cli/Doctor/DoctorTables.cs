using System.Text.Json.Nodes;
using Havm.Cli.Output;
using Havm.Model;

namespace Havm.Cli.Doctor;

/// <summary>What the doctor says: every finding in a row, and below it what to do.</summary>
internal static class DoctorTables
{
    public static void Show(Site site, IReadOnlyList<CheckedThing> things, Page page)
    {
        page.Text(About(site));
        page.Blank();
        var table = new TextTable(
            new Column("CHECK"), new Column("OF", 1, Fold: true), new Column("RESULT"), new Column("FOUND", Fold: true),
            new Column("EVIDENCE", 1, Fold: true));
        foreach (CheckedThing thing in things)
        {
            table.Add(
                thing.Check, thing.About, new Cell(thing.Result, ToneOf(thing.Result)), thing.Reason, thing.Evidence);
        }

        page.Table(table, "nothing was looked at");
        CheckedThing[] todo = [.. things.Where(thing => thing.Remedy.Length > 0 && thing.Result != "skipped")];
        if (todo.Length > 0)
        {
            page.Heading("To do");
        }

        foreach (CheckedThing thing in todo)
        {
            page.Text($"{thing.Result} {Subject(thing)}: {thing.Remedy}", 2, ToneOf(thing.Result));
        }

        page.Blank();
        page.Text(Sum(things));
    }

    public static JsonObject Document(Site site, IReadOnlyList<CheckedThing> things)
    {
        var checks = new JsonArray();
        foreach (CheckedThing thing in things)
        {
            checks.Add(new JsonObject
            {
                ["check"] = thing.Check,
                ["of"] = thing.About,
                ["result"] = thing.Result,
                ["reason"] = thing.Reason,
                ["evidence"] = thing.Evidence,
                ["remedy"] = thing.Remedy,
            });
        }

        return new JsonObject { ["about"] = About(site), ["sum"] = Sum(things), ["checks"] = checks };
    }

    private static string About(Site site) => string.Join("; ", new[]
    {
        site.Node is { } node ? $"node {node.Config.Node} of cluster {node.Config.Cluster}" : "",
        site.Controller is { } controller ? $"controller of cluster {controller.Cluster}" : "",
    }.Where(part => part.Length > 0));

    private static string Sum(IReadOnlyList<CheckedThing> things) =>
        $"{Count.Of(things.Count, "finding")}: " + string.Join(", ", new[] { "ok", "warn", "fail", "skipped" }
            .Select(word => $"{things.Count(thing => thing.Result == word)} {word}"));

    private static string Subject(CheckedThing thing) =>
        thing.About.Length == 0 ? thing.Check : $"{thing.Check} {thing.About}";

    private static Tone ToneOf(string result) => result switch
    {
        "ok" => Tone.Good,
        "warn" => Tone.Warn,
        "fail" => Tone.Bad,
        _ => Tone.Dim,
    };
}
