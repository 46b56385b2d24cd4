using System.Text;
using System.Xml.Linq;
using Havm.Model;
using Havm.Simulator.Report;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Tests.Scenario;
using Havm.Simulator.WhatIf;

namespace Havm.Simulator.Tests.WhatIf;

/// <summary>The page that shows a run.</summary>
public sealed class ReportTests
{
    [Fact]
    public void It_is_one_file_that_asks_nobody_for_anything_and_knows_light_and_dark()
    {
        var page = PageOf(3, 2, 2, "power-off n1");

        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("http", page.Replace("http://www.w3.org", ""));
        Assert.DoesNotContain("@import", page);
        Assert.Contains("prefers-color-scheme: dark", page);
    }

    [Fact]
    public void Racks_hold_a_lane_for_each_node_and_what_happened_has_its_reason_under_the_pointer()
    {
        var page = PageOf(3, 2, 2, "power-off n1");
        var drawings = Drawings(page);

        Assert.Equal(
            ["n1", "n2", "n3", "n4", "n5", "n6"],
            Classed(drawings, "node").Concat(Classed(drawings, "node quiet")).Select(text => text.Value).Order());
        Assert.Contains(Titles(drawings, "m fault"), title => title.Contains("power-off n1 at 0 s"));
        Assert.Contains(Titles(drawings, "m dead"), title => title.Contains("BMC of n1 says Off"));
        Assert.Contains(Titles(drawings, "b starting"), title => title.StartsWith("vm-1-1: has a seat and starts"));
        Assert.Equal(2, Titles(drawings, "b seatless").Count());
        Assert.Equal(2, Classed(drawings, "end").Count());
        Assert.Contains(Titles(drawings, "s off"), title => title.StartsWith("n1: off, crash"));
    }

    [Fact]
    public void Incidents_show_their_phases_and_decisions_their_reasons()
    {
        var page = PageOf(3, 2, 1, "power-off n1");

        Assert.Contains("<title>fence ", page);
        Assert.Contains("<title>ready ", page);
        Assert.Contains("<td>1 instance ready again</td>", page);
        Assert.Contains("<td>placement: vm-1-1 goes to", page);
    }

    [Fact]
    public void A_large_cluster_is_drawn_in_thin_lines_and_where_nothing_happens_in_one_a_node()
    {
        var drawings = Drawings(PageOf(10, 4, 8, "power-off n1 n2 n3 n4"));

        Assert.Empty(Classed(drawings, "name on-run"));
        var heights = drawings.Select(svg => (string)svg.Attribute("viewBox")!)
            .Select(box => double.Parse(box.Split(' ')[3])).ToList();
        Assert.True(heights.Sum() < 40 * 60, $"{heights.Sum()} high");
    }

    [Fact]
    public void A_scenario_has_a_page_too_and_no_name_becomes_markup()
    {
        var played = Plays.Play(Plays.Example("waits-when-no-node-is-legal"));

        var page = Write(ReportData.Of(played, "title") with { Title = "<b>&amp;</b>", Failures = ["<i>"] });

        Assert.Contains("<h1>&lt;b&gt;&amp;amp;&lt;/b&gt;</h1>", page);
        Assert.Contains("<li>&lt;i&gt;</li>", page);
        Assert.NotEmpty(Classed(Drawings(page), "b seatless"));
    }

    private static string PageOf(int racks, int nodes, int vms, string line) => Write(ReportData.Of(WhatIfRun.Of(
        "shop", SavedCluster.Of(racks, nodes, vms, 16), new Epoch(7), SavedCluster.At, [line], null, new PlayOptions())
            .Run!));

    private static string Write(ReportData data)
    {
        using var into = new MemoryStream();
        ReportPage.Write(into, data);
        return Encoding.UTF8.GetString(into.ToArray());
    }

    /// <summary>Each drawing is well-formed by itself.</summary>
    private static List<XElement> Drawings(string page) =>
    [
        .. page.Split("<svg ").Skip(1).Select(part => XElement.Parse("<svg " + part[..(part.IndexOf("</svg>") + 6)]))
            .Where(svg => svg.Attribute("viewBox") is not null),
    ];

    private static IEnumerable<XElement> Classed(IEnumerable<XElement> drawings, string kind) =>
        drawings.Descendants().Where(element => (string?)element.Attribute("class") == kind);

    private static IEnumerable<string> Titles(IEnumerable<XElement> drawings, string kind) =>
        Classed(drawings, kind).Select(element => element.Element("title")?.Value ?? "");
}
