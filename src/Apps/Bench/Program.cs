using System.CommandLine;
using Havm.Bench;
using Havm.Lab.Client;
using Havm.Lab.Tools;

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
        Images(parse), parse.GetValue(lab)!, parse.GetValue(json)),
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
        Images(parse), parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var peerCuts = new Option<int>("--runs")
{
    Description = "Power cuts of each cluster and setting", DefaultValueFactory = _ => 10,
};
var peers = new Command(
    "peers", "The same power cut to Havm and to corosync with Pacemaker, in turns on this machine")
{
    peerCuts, images, lab,
};
peers.SetAction((parse, cancel) => PeersBench.RunAsync(
    new PeersPlan(
        Math.Clamp(parse.GetValue(peerCuts), 1, 100), Images(parse), parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var fences = new Option<int>("--runs") { Description = "Nodes fenced", DefaultValueFactory = _ => 21 };
var fence = new Command("fence", "From a node that has power and is dead to everybody to the proof that it is off")
{
    fences, images, lab,
};
fence.SetAction((parse, cancel) => FenceBench.RunAsync(
    new FencePlan(
        Math.Clamp(parse.GetValue(fences), 1, 70), Images(parse), parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var begun = new Option<int>("--runs") { Description = "Guests begun anew", DefaultValueFactory = _ => 20 };
var guest = new Command("guest", "What the guest agent takes of its guest until it is ready: memory, processor time")
{
    begun, images, lab,
};
guest.SetAction((parse, cancel) => GuestBench.RunAsync(
    new GuestPlan(
        Math.Clamp(parse.GetValue(begun), 1, 200), Images(parse), parse.GetValue(lab)!, parse.GetValue(json)),
    cancel));

var minutes = new Option<double>("--minutes") { Description = "How long", DefaultValueFactory = _ => 30 };
var soak = new Command(
    "soak", "A cluster whose nodes get no CPU, collect garbage without end and lose a tenth of all frames")
{
    minutes, images, lab,
};
soak.SetAction((parse, cancel) => SoakBench.RunAsync(
    new SoakPlan(
        TimeSpan.FromMinutes(Math.Clamp(parse.GetValue(minutes), 0.5, 55)), Images(parse), parse.GetValue(lab)!,
        parse.GetValue(json)),
    cancel));

var root = new RootCommand("Measures Havm. Run it through ./bench, which builds what it needs.")
{
    recovery, simulate, gray, guest, fence, peers, soak,
};
root.Options.Add(json);
json.Recursive = true;
try
{
    return await root.Parse(args).InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (LabRefusal refusal)
{
    Console.Error.WriteLine($"bench: {refusal.Message}");
    return 2;
}
catch (Exception trouble) when (trouble is LabFailure or ApiRefusal or IOException or HttpRequestException)
{
    Console.Error.WriteLine($"bench: {trouble.Message}");
    return 1;
}

string? Images(ParseResult parse) =>
    parse.GetValue(images) ?? Environment.GetEnvironmentVariable("HAVM_GUEST_IMAGE");
