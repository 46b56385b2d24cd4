using System.CommandLine;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>cut, heal, datastore, wear.</summary>
internal static class CableVerbs
{
    private static readonly Argument<string> Target =
        LabCommandLine.Targets("TARGET", "NODE or rack:RACK");

    public static IEnumerable<Command> All()
    {
        var oneWay = new Option<string?>("--one-way") { Description = "in: it hears nothing; out: nobody hears it" };
        oneWay.AcceptOnlyFromAmong("in", "out");
        var cut = new Command("cut", "Cut a node's cable, or a rack's cable to the spine")
        {
            Target, oneWay, LabCommandLine.Name,
        };
        cut.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var way = parse.GetValue(oneWay) switch { "in" => CableCut.In, "out" => CableCut.Out, _ => CableCut.Both };
            var target = LabTarget.Parse(plan, parse.GetRequiredValue(Target));
            await Cuts(plan, parse).CutAsync(target, way);
            return $"the cable of {target.Words} is cut{Direction(way)}";
        }));
        var heal = new Command("heal", "Mend a cut cable") { Target, LabCommandLine.Name };
        heal.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var target = LabTarget.Parse(plan, parse.GetRequiredValue(Target));
            await Cuts(plan, parse).HealAsync(target);
            return $"the cable of {target.Words} is whole again";
        }));
        return [cut, heal, Datastore(), Wear()];
    }

    private static string Direction(CableCut way) => way switch
    {
        CableCut.In => " inwards: it hears nothing",
        CableCut.Out => " outwards: nobody hears it",
        _ => "",
    };

    private static NetworkCuts Cuts(LabPlan plan, ParseResult parse)
    {
        var target = LabTarget.Parse(plan, parse.GetRequiredValue(Target));
        return plan.UsesNamespaces ? new NetworkCuts(plan, new LabNetwork(plan)) : throw new LabRefusal(
            $"{(target.IsRack ? "rack" : "node")} '{target.Name}'", "cable",
            "this lab runs without namespaces: all nodes share the loopback, there is no cable to cut or heal",
            "Start the lab as root without --no-netns");
    }

    private static Command Wear()
    {
        var node = LabCommandLine.Nodes("NODE");
        var part = new Argument<string>("PART") { Description = "corrected, uncorrected, disk or heal" };
        part.AcceptOnlyFromAmong("corrected", "uncorrected", "disk", "heal");
        var wear = new Command("wear", "Have a node's sensors count memory errors or a failing disk, or nothing")
        {
            node, part, LabCommandLine.Name,
        };
        wear.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, plan =>
        {
            var faults = new HardwareFaults(plan);
            var target = LabTarget.Node(plan, parse.GetRequiredValue(node));
            return Task.FromResult(parse.GetRequiredValue(part) switch
            {
                "corrected" => faults.CorrectMemory(target),
                "uncorrected" => faults.LoseMemory(target),
                "disk" => faults.FailDisk(target),
                _ => faults.Heal(target),
            });
        }));
        return wear;
    }

    private static Command Datastore()
    {
        var node = LabCommandLine.Nodes("NODE");
        var fault = new Argument<string>("FAULT") { Description = "hang, gone or heal" };
        fault.AcceptOnlyFromAmong("hang", "gone", "heal");
        var datastore = new Command("datastore", "Hang, lose or heal one node's way to the datastore")
        {
            node, fault, LabCommandLine.Name,
        };
        datastore.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var faults = new DatastoreFaults(plan);
            var target = LabTarget.Node(plan, parse.GetRequiredValue(node));
            switch (parse.GetRequiredValue(fault))
            {
                case "hang":
                    faults.Hang(target);
                    return $"the datastore hangs on {target.Name}";
                case "gone":
                    faults.Lose(target);
                    return $"the datastore is gone from {target.Name}";
                default:
                    await faults.HealAsync(target);
                    return $"the datastore of {target.Name} is well again";
            }
        }));
        return datastore;
    }
}
