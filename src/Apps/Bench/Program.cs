using System.CommandLine;
using Havm.Bench;

// Exit codes: 0 measured, 1 something did not happen in time (no figure is printed for it), 2 bad usage.
var json = new Option<bool>("--json") { Description = "One JSON object per figure" };
var cuts = new Option<int>("--cuts") { Description = "Power cuts", DefaultValueFactory = _ => 20 };
var faults = new Option<int>("--faults")
{
    Description = "Guest panics and QEMU kills together",
    DefaultValueFactory = _ => 40,
};
var images = new Option<string?>("--images")
{
    Description = "The guest image's directory; $HAVM_GUEST_IMAGE when left out",
};
var lab = new Option<string>("--name")
{
    Description = "The lab's name: 1 to 6 lower-case letters and digits",
    DefaultValueFactory = _ => "bench",
};

var recovery = new Command(
    "recovery", "From a fault to a guest that is ready again, beside a bare QEMU in the same run")
{
    cuts, faults, images, lab,
};
recovery.SetAction((parse, cancel) => RecoveryBench.RunAsync(
    new RecoveryPlan(
        parse.GetValue(cuts), parse.GetValue(faults),
        parse.GetValue(images) ?? Environment.GetEnvironmentVariable("HAVM_GUEST_IMAGE"),
        parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var runs = new Option<int>("--runs") { Description = "Of each figure", DefaultValueFactory = _ => 3 };
var nodes = new Option<int>("--nodes")
{
    Description = "Of the largest cluster, ten instances each; smaller ones by tens before it",
    DefaultValueFactory = _ => 1000,
};
var examples = new Option<string>("--examples")
{
    Description = "A folder of scenarios", DefaultValueFactory = _ => "tests/data/scenarios/examples",
};
var simulate = new Command(
    "simulate", "How fast the simulator lives: the examples, a quiet cluster, an hour of large ones with a rack lost")
{
    runs, nodes, examples,
};
simulate.SetAction((parse, cancel) => SimulateBench.RunAsync(
    new SimulatePlan(
        Math.Clamp(parse.GetValue(runs), 1, 100), Math.Clamp(parse.GetValue(nodes), 10, 5000),
        parse.GetValue(examples)!, parse.GetValue(json)),
    cancel));

var times = new Option<int>("--runs") { Description = "Of each fault", DefaultValueFactory = _ => 5 };
var only = new Option<string?>("--only") { Description = "Faults whose name holds this" };
var gray = new Command("gray", "From a fault that leaves a node alive and not well until the cluster says so")
{
    times, only, images, lab,
};
gray.SetAction((parse, cancel) => GrayBench.RunAsync(
    new GrayPlan(
        Math.Clamp(parse.GetValue(times), 1, 100), parse.GetValue(only),
        parse.GetValue(images) ?? Environment.GetEnvironmentVariable("HAVM_GUEST_IMAGE"),
        parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var root = new RootCommand("Measures Havm. Run it through ./bench, which builds what it needs.")
{
    recovery, simulate, gray,
};
root.Options.Add(json);
json.Recursive = true;
return await root.Parse(args).InvokeAsync();
