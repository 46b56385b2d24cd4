using System.Globalization;
using System.Net;
using System.Text;

namespace Havm.Simulator.Report;

/// <summary>
/// A run as one HTML file that needs nothing else: no script, no network; light or dark as the reader's machine is.
/// </summary>
public static class ReportPage
{
    public static void Write(Stream into, ReportData data)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(data.Title)}</title>\n")
            .Append("<style>").Append(ReportStyle.Css).Append("</style></head>\n<body><main>\n")
            .Append(CultureInfo.InvariantCulture, $"<header><h1>{Text(data.Title)}</h1>")
            .Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">{Text(data.Subtitle)}</p></header>\n");
        ReportTables.Tiles(page, data);
        ReportTables.List(page, "bad", "What did not hold", data.Failures);
        ReportTables.List(page, "", "Not at rest", data.Answer is { Restless: { } why } ? [why] : []);
        Legend(page, data);
        page.Append("<section class=\"lanes\">\n");
        var drawing = new LaneDrawing(data);
        drawing.Axis(page);
        foreach (var rack in data.Racks)
        {
            drawing.Rack(page, rack);
        }

        drawing.Seatless(page);
        page.Append("</section>\n");
        ReportTables.Answer(page, data);
        ReportTables.Incidents(page, data);
        ReportTables.Decisions(page, data);
        page.Append("</main></body></html>\n");
        into.Write(Encoding.UTF8.GetBytes(page.ToString()));
    }

    /// <summary>As text of a page: nothing in a name or a reason becomes markup.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Legend(StringBuilder page, ReportData data)
    {
        page.Append("<p class=\"legend\">");
        Key("run", "runs");
        Key("starting", "has a seat, starts");
        Key("seatless", "runs nowhere");
        Key("off", "node off");
        Key("boot", "node boots");
        Key("cut", "node cut off");
        foreach (var (kind, says) in new[]
        {
            ("fault", "what happens"), ("lost", "lost"), ("fence", "power-off ordered"), ("dead", "proven off"),
            ("up", "up"),
        })
        {
            if (data.Racks.Any(rack => rack.Lanes.Any(lane => lane.Marks.Any(mark => mark.Kind == kind))))
            {
                page.Append(CultureInfo.InvariantCulture,
                    $"<span><svg width=\"12\" height=\"12\"><path class=\"m {kind}\" d=\"")
                    .Append(CultureInfo.InvariantCulture, $"{LaneDrawing.Shape(kind, 6, 6)}\"/>")
                    .Append(CultureInfo.InvariantCulture, $"</svg>{says}</span>");
            }
        }

        page.Append("</p>\n");

        void Key(string kind, string says) => page.Append(CultureInfo.InvariantCulture,
            $"<span><i class=\"k {kind}\"></i>{says}</span>");
    }
}
