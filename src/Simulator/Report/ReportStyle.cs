namespace Havm.Simulator.Report;

/// <summary>How a report looks. Colours are named once for light and once for dark, by what they mean.</summary>
internal static class ReportStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --ground: #f7f7f5; --card: #ffffff; --ink: #1c1c1a; --soft: #6d6c67;
          --line: #e6e5e0; --grid: #efeeea; --run: #2a78d6; --steady: #b9cde6; --starting: #eda100;
          --seatless: #e0746f; --off: #5f5e5a; --boot: #b8860b; --bad: #c9302c; --good: #128a4c; --fence: #5b3fb5;
          --on-run: #ffffff; --on-pale: #1c1c1a; }
        @media (prefers-color-scheme: dark) { :root { --ground: #151513; --card: #1e1e1b; --ink: #f0efea;
          --soft: #a5a49d; --line: #34332f; --grid: #292825; --run: #4b94ea; --steady: #3d5775; --starting: #d99a1b;
          --seatless: #b9504b; --off: #8d8b85; --boot: #d9a53a; --bad: #f07f7a; --good: #3fbf7f; --fence: #a795f3;
          --on-run: #0c1420; --on-pale: #14120c; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 14px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 64px; }
        h1 { font-size: 25px; line-height: 1.25; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 14px; margin: 0; padding: 9px 12px 5px; }
        h2 small, .sub, .legend, .tick, .count { color: var(--soft); font-weight: 400; }
        .sub { margin: 4px 0 20px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(175px, 1fr)); gap: 12px;
          margin: 0 0 20px; }
        .tile, .rack, .card, .axis { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        .tile { padding: 12px 14px; }
        .tile b { display: block; font-size: 22px; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: 12.5px; }
        .tile.bad b { color: var(--bad); } .tile.good b { color: var(--good); }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px; font-size: 12.5px; }
        .legend span { display: inline-flex; align-items: center; gap: 6px; }
        .k { display: inline-block; width: 18px; height: 9px; border-radius: 2px; }
        svg { display: block; width: 100%; height: auto; }
        .legend svg { width: 12px; height: 12px; }
        .lanes { display: grid; gap: 8px; }
        .axis { position: sticky; top: 0; z-index: 1; }
        .rack, .card { overflow: hidden; }
        text { font-family: inherit; fill: var(--ink); font-size: 11px; }
        text.tick { font-size: 10.5px; text-anchor: middle; fill: var(--soft); }
        text.node { font-size: 12px; font-weight: 600; }
        text.node.quiet { font-weight: 400; font-size: 10.5px; fill: var(--soft); }
        text.count { font-size: 10px; text-anchor: end; fill: var(--soft); }
        text.name { font-size: 10.5px; pointer-events: none; }
        text.on-run { fill: var(--on-run); } text.on-starting, text.on-seatless { fill: var(--on-pale); }
        .edge { stroke: var(--line); stroke-width: .7; } .grid { stroke: var(--grid); stroke-width: 1; }
        .hit { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 3 3; }
        .b.run, .k.run { fill: var(--run); background: var(--run); }
        .b.steady { fill: var(--steady); }
        .b.starting, .k.starting { fill: var(--starting); background: var(--starting); }
        .b.seatless, .k.seatless { fill: var(--seatless); background: var(--seatless); }
        .b:hover, .s:hover, .m:hover { filter: brightness(1.15); }
        .end { fill: var(--bad); }
        .s { fill-opacity: .16; stroke-opacity: .35; stroke-width: .6; }
        .s.off { fill: var(--off); stroke: var(--off); } .k.off { background: var(--off); opacity: .35; }
        .s.boot { fill: var(--boot); stroke: var(--boot); } .k.boot { background: var(--boot); opacity: .35; }
        .s.cut { fill: var(--bad); stroke: var(--bad); } .k.cut { background: var(--bad); opacity: .35; }
        .m { stroke: var(--card); stroke-width: 1; fill: var(--soft); }
        .m.fault, .m.dead { fill: var(--bad); } .m.lost { fill: var(--starting); } .m.fence { fill: var(--fence); }
        .m.up { fill: var(--good); }
        .card { margin-top: 14px; } .card > summary { cursor: pointer; list-style-position: inside; }
        summary { font-weight: 600; padding: 9px 12px; } .card .scroll { overflow-x: auto; padding: 0 0 6px; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; }
        th { text-align: left; color: var(--soft); font-weight: 500; font-size: 12px; white-space: nowrap; }
        th, td { padding: 5px 12px; border-top: 1px solid var(--line); vertical-align: top; }
        td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        th.n { text-align: right; } td.w { white-space: nowrap; } td.bad { color: var(--bad); }
        td.good { color: var(--good); } ul { margin: 0; padding: 4px 12px 10px 30px; }
        .p { height: 12px; } .detect { fill: var(--seatless); } .decide { fill: var(--starting); }
        .fence { fill: var(--fence); } .place { fill: var(--steady); } .start { fill: var(--run); }
        .ready { fill: var(--good); }

        """;
}
