using Havm.Cli.Output;
using Havm.Core.Placement;
using Havm.Model;
using Havm.Simulator.WhatIf;

namespace Havm.Cli.Tables;

/// <summary>What would happen to a cluster.</summary>
internal static class WhatIfTables
{
    public static void Show(WhatIfAnswer answer, Page page)
    {
        page.Field("Cluster", $"{answer.Cluster}, as it was {answer.SnapshotAt:yyyy-MM-dd HH:mm:ss}Z");
        page.Field("What if", string.Join("; ", answer.Actions));
        page.Field("In short", new Cell(Short(answer), answer.Objections.IsEmpty ? Tone.Plain : Tone.Bad));
        Nodes(answer, page);
        Instances(answer, page);
        Spread(answer, page);
        Reserve(answer, page);
        Lines(page, "The simulator objects", answer.Objections);
        Lines(page, "Played otherwise than it is", answer.Notes);
    }

    private static string Short(WhatIfAnswer answer)
    {
        int back = answer.Instances.Count(vm => vm.Ends == "running");
        int waits = answer.Instances.Count(vm => vm.Ends is "waiting" or "down" or "held" or "failed");
        string rest = answer.SettledSeconds is { } at ? $"at rest after {at:0.0} s" : $"not at rest: {answer.Restless}";
        string last = answer.Instances.Max(vm => vm.RunningSeconds) is { } seconds
            ? $", the last after {seconds:0.0} s" : "";
        return $"{Count.Of(back, "instance")} would run again{last}; {waits} would wait; {rest}";
    }

    private static void Nodes(WhatIfAnswer answer, Page page)
    {
        page.Heading("Nodes");
        var table = new TextTable(
            new Column("NODE"), new Column("RACK", 2), new Column("FAULT", 1), new Column("LOST", 3, Right: true),
            new Column("FENCED", 1, Right: true), new Column("PROVEN OFF", Right: true),
            new Column("UP AGAIN", 1, Right: true), new Column("WHY", 4, Fold: true));
        foreach (NodeFate node in answer.Nodes)
        {
            table.Add(
                node.Node, node.Rack, node.Fault, At(node.LostSeconds), At(node.FencedSeconds), At(node.DeadSeconds),
                At(node.UpSeconds), node.Why);
        }

        page.Table(table, "nothing happens to any node");
    }

    private static void Instances(WhatIfAnswer answer, Page page)
    {
        page.Heading("Instances");
        var table = new TextTable(
            new Column("INSTANCE"), new Column("FROM", 1), new Column("DOWN", 2, Right: true),
            new Column("PLACED", 2, Right: true), new Column("RUNNING", Right: true), new Column("ENDS"),
            new Column("WHY", 4, Fold: true));
        foreach (InstanceFate vm in answer.Instances)
        {
            table.Add(
                vm.Instance, vm.From ?? Times.None, At(vm.DownSeconds), At(vm.PlacedSeconds), At(vm.RunningSeconds),
                new Cell(vm.On is { } on ? $"on {on}" : vm.Ends, vm.On is null ? Tone.Bad : Tone.Good), vm.Why);
        }

        page.Table(table, "nothing happens to any instance");
    }

    private static void Spread(WhatIfAnswer answer, Page page)
    {
        if (answer.Spread.IsEmpty)
        {
            return;
        }

        page.Heading("Spread over fault domains");
        var table = new TextTable(
            new Column("AVAILABILITY SET"), new Column("MEMBERS", 1, Right: true), new Column("BEFORE"),
            new Column("AFTER"));
        foreach (SpreadChange set in answer.Spread)
        {
            table.Add(
                set.Set, $"{set.Members}", Words(set.Before),
                new Cell(Words(set.After), set.Worse ? Tone.Bad : Tone.Good));
        }

        page.Table(table, "");

        static string Words(Spread spread) =>
            $"{spread.Seated} in {Count.Of(spread.Domains, "domain")}, {spread.Most} in one at most";
    }

    private static void Reserve(WhatIfAnswer answer, Page page)
    {
        page.Heading("Reserve");
        var table = new TextTable(new Column(""), new Column("BEFORE"), new Column("AFTER"));
        Row("nodes up", r => $"{r.NodesUp}");
        Row("memory free", r => $"{r.MemoryFree}");
        Row("vCPUs free", r => $"{r.CpusFree}");
        Row("largest VM that fits", r => $"{r.LargestVm}");
        Row("instances that wait", r => $"{r.Waiting}");
        Row("one more node", r => $"{(r.OneMoreNode ? "yes" : "no")}: {r.OneMoreNodeWhy}");
        page.Table(table, "");

        void Row(string name, Func<Reserve, string> of) => table.Add(name, of(answer.Before), of(answer.After));
    }

    private static void Lines(Page page, string heading, IReadOnlyCollection<string> lines)
    {
        if (lines.Count > 0)
        {
            page.Heading(heading);
            foreach (string line in lines)
            {
                page.Text(line, indent: 2);
            }
        }
    }

    private static string At(double? seconds) => seconds is { } after ? $"+{after:0.0} s" : Times.None;
}
