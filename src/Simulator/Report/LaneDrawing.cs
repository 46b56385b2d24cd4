using System.Text;
using Havm.Model;

namespace Havm.Simulator.Report;

/// <summary>
/// Draws nodes as lanes, time along x. A node that nothing happened on is one thin line, so that a large cluster shows
/// what matters; a node that much happened on has bars too thin for names, which show under the pointer.
/// </summary>
public sealed class LaneDrawing
{
    private const double Width = 1160;
    private const double Gutter = 132;
    private const double Right = 18;
    private const double NamedBar = 15;
    private const double ThinBar = 4;

    /// <summary>More bars than this on one lane are drawn thin.</summary>
    private const int Named = 12;

    /// <summary>More bars than this on the whole page are all drawn thin.</summary>
    private const int NamedOnAPage = 72;

    /// <summary>About so wide is a letter of a bar's name.</summary>
    private const double Letter = 6.2;

    private readonly ReportData _data;
    private readonly bool _dense;

    public LaneDrawing(ReportData data)
    {
        _data = data;
        _dense = data.Racks.Sum(rack => rack.Lanes.Sum(lane => lane.Bars.Length)) > NamedOnAPage;
    }

    /// <summary>The outline of a mark around a point: each kind has a shape of its own, not only a colour.</summary>
    public static string Shape(string kind, double x, double y) => kind switch
    {
        "fault" => $"M{x - 5:0.#} {y - 5:0.#}h10l-5 10z",
        "lost" => $"M{x:0.#} {y - 5:0.#}l5 5l-5 5l-5 -5z",
        "fence" => $"M{x - 4:0.#} {y - 4:0.#}h8v8h-8z",
        "dead" =>
            $"M{x - 5:0.#} {y - 3:0.#}l2 -2l3 3l3 -3l2 2l-3 3l3 3l-2 2l-3 -3l-3 3l-2 -2l3 -3z",
        _ => $"M{x - 5:0.#} {y + 4:0.#}h10l-5 -9z",
    };

    public void Axis(StringBuilder page)
    {
        Open(page, 30, "axis");
        foreach (var tick in Ticks())
        {
            Add(page, $"<text class=\"tick\" x=\"{X(tick):0.#}\" y=\"14\">{(_data.From < 0 && tick > 0 ? "+" : "")}"
                + $"{tick:0.###} s</text>");
        }

        foreach (var fault in _data.Faults.GroupBy(fault => fault.At))
        {
            var names = string.Join(", ", fault.Take(8).Select(one => $"{one.What} {one.Subject}"))
                + (fault.Count() > 8 ? $" and {fault.Count() - 8} more" : "");
            Add(page, $"<path class=\"m fault\" d=\"{Shape("fault", X(fault.Key), 23)}\"><title>"
                + $"{ReportPage.Text(names)} at {fault.Key:0.###} s</title></path>");
        }

        page.Append("</svg>\n");
    }

    public void Rack(StringBuilder page, RackLanes rack)
    {
        var touched = rack.Lanes.Count(lane => !IsQuiet(lane));
        var heading = touched == 0 ? $"{Count.Of(rack.Lanes.Length, "node")}, nothing happens"
            : $"{Count.Of(rack.Lanes.Length, "node")}, something happens on {touched}";
        Add(page, $"<div class=\"rack\"><h2>{ReportPage.Text(rack.Rack)} <small>{heading}</small></h2>");
        var height = rack.Lanes.Sum(Height) + 4;
        Open(page, height, "");
        Grid(page, height);
        var y = 2.0;
        foreach (var lane in rack.Lanes)
        {
            Draw(page, lane, y);
            y += Height(lane);
        }

        page.Append("</svg></div>\n");
    }

    /// <summary>A band of its own for what runs nowhere.</summary>
    public void Seatless(StringBuilder page)
    {
        if (_data.Seatless.IsEmpty)
        {
            return;
        }

        Add(page, $"<div class=\"rack\"><h2>without a seat <small>{Count.Of(_data.Seatless.Length, "time")} "
            + "an instance runs nowhere and waits for a proof or a place</small></h2>");
        var step = Step(_data.Seatless.Length);
        var rows = Rows(_data.Seatless);
        var height = (rows.Count * step) + 8;
        Open(page, height, "");
        Grid(page, height);
        foreach (var (bar, row) in _data.Seatless.Select(bar => (bar, rows[bar.Name])))
        {
            Bar(page, bar, 4 + (row * step), step);
        }

        page.Append("</svg></div>\n");
    }

    private void Draw(StringBuilder page, Lane lane, double y)
    {
        var height = Height(lane);
        var quiet = IsQuiet(lane);
        Add(page, $"<line class=\"edge\" x1=\"0\" x2=\"{Width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
        var baseline = y + (quiet ? 10.5 : Middle(lane) + 4.5);
        Add(page, $"<text class=\"node{(quiet ? " quiet" : "")}\" x=\"8\" y=\"{baseline:0.#}\">"
            + $"{ReportPage.Text(Short(lane.Node))}</text>");
        foreach (var state in lane.States)
        {
            Add(page, $"<rect class=\"s {state.Kind}\" x=\"{X(state.From):0.#}\" y=\"{y + 1:0.#}\" "
                + $"width=\"{Math.Max(1, X(state.To) - X(state.From)):0.#}\" height=\"{height - 2:0.#}\">"
                + $"<title>{ReportPage.Text($"{lane.Node}: {state.Kind}, {state.Why}, {Span(state)}")}</title></rect>");
        }

        if (lane.Steady.Length > 0)
        {
            Steady(page, lane, y);
        }

        var step = Step(lane.Bars.Select(bar => bar.Name).Distinct().Count());
        var rows = Rows(lane.Bars);
        foreach (var bar in lane.Bars)
        {
            Bar(page, bar, y + Head + (rows[bar.Name] * step), step);
        }

        foreach (var mark in lane.Marks)
        {
            Add(page, $"<path class=\"m {mark.Kind}\" d=\"{Shape(mark.Kind, X(mark.At), y + Middle(lane))}\">"
                + $"<title>{ReportPage.Text($"{mark.At:0.000} s {mark.Subject}: {mark.What}. {mark.Why}")}"
                + "</title></path>");
        }
    }

    /// <summary>All that ran on all the time is one line: how many says the label, which says the pointer.</summary>
    private void Steady(StringBuilder page, Lane lane, double y)
    {
        var middle = y + Middle(lane);
        Add(page, $"<rect class=\"b steady\" x=\"{X(_data.From):0.#}\" y=\"{middle - 2:0.#}\" "
            + $"width=\"{X(_data.To) - X(_data.From):0.#}\" height=\"4\" rx=\"2\"><title>"
            + ReportPage.Text($"{lane.Node}: {string.Join(", ", lane.Steady)} run on") + "</title></rect>");
        Add(page, $"<text class=\"count\" x=\"{Gutter - 8}\" y=\"{middle + 3.5:0.#}\">{lane.Steady.Length} run on"
            + "</text>");
    }

    private void Bar(StringBuilder page, Bar bar, double y, double step)
    {
        var (x, width) = (X(bar.From), Math.Max(1.5, X(bar.To) - X(bar.From)));
        var height = step - (step > ThinBar ? 2 : 1);
        var title = ReportPage.Text($"{bar.Name}: {Says(bar.Kind)} {Span(bar)}. {bar.Why}");
        Add(page, $"<rect class=\"b {bar.Kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" "
            + $"height=\"{height:0.#}\" rx=\"{(step > ThinBar ? 2.5 : 1)}\"><title>{title}</title></rect>");
        if (bar.Cut)
        {
            Add(page, $"<rect class=\"end\" x=\"{x + width - 2:0.#}\" y=\"{y:0.#}\" width=\"2\" "
                + $"height=\"{height:0.#}\"/>");
        }

        if (step > ThinBar && width > (bar.Name.Length * Letter) + 8)
        {
            Add(page, $"<text class=\"name on-{bar.Kind}\" x=\"{x + 5:0.#}\" y=\"{y + 9.8:0.#}\">"
                + $"{ReportPage.Text(bar.Name)}</text>");
        }
    }

    private void Grid(StringBuilder page, double height)
    {
        foreach (var tick in Ticks())
        {
            Upright(page, "grid", X(tick), height);
        }

        foreach (var fault in _data.Faults.Select(fault => fault.At).Distinct())
        {
            Upright(page, "hit", X(fault), height);
        }
    }

    private static void Upright(StringBuilder page, string kind, double x, double height) =>
        Add(page, $"<line class=\"{kind}\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"0\" y2=\"{height:0.#}\"/>");

    private static string Says(string kind) => kind switch
    {
        "run" => "runs",
        "starting" => "has a seat and starts",
        _ => "has no seat",
    };

    private static string Span(Bar bar) => $"{bar.From:0.0} s to {bar.To:0.0} s";

    private static bool IsQuiet(Lane lane) => lane.Bars.IsEmpty && lane.Marks.IsEmpty && lane.States.IsEmpty;

    /// <summary>The upper part of a lane: its name, its marks, and what runs on.</summary>
    private double Head => _dense ? 16 : 24;

    private double Middle(Lane lane) => IsQuiet(lane) ? 7 : _dense ? 8 : 12;

    private double Height(Lane lane)
    {
        var names = lane.Bars.Select(bar => bar.Name).Distinct().Count();
        return IsQuiet(lane) ? 14 : names == 0 ? Head : Head + 4 + (names * Step(names));
    }

    private double Step(int bars) => _dense || bars > Named ? ThinBar : NamedBar;

    /// <summary>Each name has a row of its own.</summary>
    private static Dictionary<string, int> Rows(IEnumerable<Bar> bars) =>
        bars.Select(bar => bar.Name).Distinct().Select((name, row) => (name, row))
            .ToDictionary(pair => pair.name, pair => pair.row);

    private static string Short(string name) => name.Length <= 15 ? name : name[..14] + "…";

    private double X(double second) =>
        Gutter + ((second - _data.From) / (_data.To - _data.From) * (Width - Gutter - Right));

    /// <summary>Six to twelve round numbers.</summary>
    private IEnumerable<double> Ticks()
    {
        var rough = (_data.To - _data.From) / 10;
        var scale = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 5, 10 }.Select(part => part * scale).First(part => part >= rough);
        for (var tick = Math.Ceiling(_data.From / step) * step; tick <= _data.To; tick += step)
        {
            yield return Math.Abs(tick) < step / 1000 ? 0 : tick;
        }
    }

    private static void Open(StringBuilder page, double height, string kind) => Add(
        page, $"<svg class=\"{kind}\" viewBox=\"0 0 {Width} {height:0.#}\" role=\"img\" "
            + "aria-label=\"nodes through time\">\n");

    private static void Add(StringBuilder page, string markup) => page.Append(markup).Append('\n');
}
