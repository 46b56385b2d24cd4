using System.Text.Json.Nodes;
using Havm.Cli.Output;
using Havm.Specs;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class ObjectTables
{
    public static void List(ListView<ObjectView> objects, Page page) => Table(objects.Items, page);

    public static void Show(ObjectView view, Page page)
    {
        Table([view], page);
        Parts.Conditions(page, view.Status.Conditions);
        page.Heading("Spec");
        string spec = YamlText.Write(JsonObject.Create(view.Spec));
        foreach (string line in spec.TrimEnd('\n').Split('\n'))
        {
            page.Raw($"  {line}");
        }
    }

    private static void Table(IEnumerable<ObjectView> objects, Page page)
    {
        var table = new TextTable(
            new("KIND", 4), new("NAME"), new("PHASE"), new("SETTLED", 2), new("REV", 3, Right: true),
            new("CONFIRMED", 1, Right: true), new("CONFIRMED AT", 6), new("REASON", 5, Stretch: true));
        foreach (ObjectView each in objects)
        {
            StatusView status = each.Status;
            table.Add(
                each.Kind, each.Metadata.Name, Tones.Phase(status.Phase),
                status.Settled ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Warn), $"{each.Metadata.Revision}",
                Times.Ago(status.Confirmed), Times.Absolute(status.Confirmed), status.Reason?.Message);
        }

        page.Table(table, "There are none.");
    }
}
