using System.CommandLine;
using System.Globalization;
using Havm.Lab.Chassis;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>power-off, power-on, bmc.</summary>
internal static class PowerVerbs
{
    private static readonly Argument<string> Target = new("TARGET") { Description = "NODE or rack:RACK" };

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
        off.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, plan => new PowerFaults(plan).OffAsync(
            TargetOf(parse, plan), parse.GetValue(WithBmc), parse.GetValue(Orderly))));
        var on = new Command("power-on", "Give a node or a rack its power back") { Target, LabCommandLine.Name };
        on.SetAction((parse, _) => LabCommandLine.ChangeAsync(
            parse, plan => new PowerFaults(plan).OnAsync(TargetOf(parse, plan))));
        return [off, on, Bmc()];
    }

    private static LabTarget TargetOf(ParseResult parse, LabPlan plan) =>
        LabTarget.Parse(plan, parse.GetRequiredValue(Target));

    private static Command Bmc()
    {
        var node = new Argument<string>("NODE");
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
        bmc.SetAction((parse, _) => LabCommandLine.ChangeAsync(parse, plan =>
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
            return new BmcMode(behaviour, wait).ApplyAsync(plan, LabTarget.Node(plan, parse.GetRequiredValue(node)));
        }));
        return bmc;
    }
}
