using System.CommandLine;
using System.Globalization;
using Havm.Lab.Chassis;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>power-off, power-on, bmc.</summary>
internal static class PowerVerbs
{
    private static readonly Argument<string> Target =
        LabCommandLine.Targets("TARGET", "NODE or rack:RACK");

    private static readonly Option<bool> WithBmc = new("--with-bmc")
    {
        Description = "The BMC loses its power too and falls silent (always so for a rack)",
    };

    private static readonly Option<bool> Orderly = new("--orderly")
    {
        Description = "Announce it first, as a shutdown in good order does (havm-warden depart)",
    };

    public static IEnumerable<Command> All()
    {
        var off = new Command("power-off", "Cut the power of a node or a rack")
        {
            Target, WithBmc, Orderly, LabCommandLine.Name,
        };
        off.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var target = TargetOf(parse, plan);
            await new PowerFaults(plan).OffAsync(target, parse.GetValue(WithBmc), parse.GetValue(Orderly));
            return $"{target.Words} {(target.IsRack ? "have" : "has")} no power now";
        }));
        var on = new Command("power-on", "Give a node or a rack its power back") { Target, LabCommandLine.Name };
        on.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var target = TargetOf(parse, plan);
            await new PowerFaults(plan).OnAsync(target);
            return $"{target.Words} {(target.IsRack ? "have" : "has")} power and boot{(target.IsRack ? "" : "s")}";
        }));
        return [off, on, Bmc()];
    }

    private static LabTarget TargetOf(ParseResult parse, LabPlan plan) =>
        LabTarget.Parse(plan, parse.GetRequiredValue(Target));

    private static Command Bmc()
    {
        var node = LabCommandLine.Nodes("NODE");
        var mode = new Argument<string>("MODE") { Description = "ok, dead, lying or slow" };
        mode.AcceptOnlyFromAmong("ok", "dead", "lying", "slow");
        var delay = new Option<double>("--delay")
        {
            Description = "Seconds before each answer of a slow BMC",
            DefaultValueFactory = _ => BmcMode.DefaultDelay.TotalSeconds,
        };
        var bmc = new Command("bmc", "Make a node's BMC well, dead, lying or slow")
        {
            node, mode, delay, LabCommandLine.Name,
        };
        bmc.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, async plan =>
        {
            var seconds = parse.GetValue(delay);
            if (seconds is not (> 0 and <= 3600))
            {
                throw new LabRefusal(
                    "bmc", "--delay", $"{seconds.ToString(CultureInfo.InvariantCulture)} s is not within 0..3600",
                    "Give seconds within");
            }

            var behaviour = Enum.Parse<BmcBehaviour>(parse.GetRequiredValue(mode), ignoreCase: true);
            var wait = behaviour is BmcBehaviour.Slow ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
            var target = LabTarget.Node(plan, parse.GetRequiredValue(node));
            await new BmcMode(behaviour, wait).ApplyAsync(plan, target);
            return $"the BMC of {target.Name} is {parse.GetRequiredValue(mode)} now";
        }));
        return bmc;
    }
}
