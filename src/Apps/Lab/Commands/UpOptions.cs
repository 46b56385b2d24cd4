using System.CommandLine;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Commands;

/// <summary>The shape of a lab, asked for in the same words by every verb that builds one.</summary>
internal static class UpOptions
{
    private static readonly Option<string?> Directory = new("--dir") { Description = "The lab's directory" };

    private static readonly Option<int> Racks = new("--racks")
    {
        Description = $"Racks, 1 to {LabRequest.MostRacks}",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<int?> NodesPerRack = new("--nodes-per-rack")
    {
        Description = $"Nodes in each rack, 1 to {LabRequest.MostNodesPerRack}; 2, or 1 with --no-netns",
    };

    private static readonly Option<bool> NoNamespaces = new("--no-netns")
    {
        Description = "No namespaces: loopback addresses, no cables to cut (always so when not root)",
    };

    private static readonly Option<string?> Images = new("--images")
    {
        Description = "A directory of guest images, put on the datastore as images/",
    };

    private static readonly Option<string?> Agent = new("--agent-command") { Description = "Instead of havm-agent" };
    private static readonly Option<string?> Warden = new("--warden-command") { Description = "Instead of havm-warden" };

    private static readonly Option<string?> Controller = new("--controller-command")
    {
        Description = "Instead of havm-controller",
    };

    public static void AddTo(Command command)
    {
        Option[] all = [Directory, Racks, NodesPerRack, NoNamespaces, Images, Agent, Warden, Controller];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="LabRefusal">The name is none, or an executable of the product is missing.</exception>
    public static LabRequest Read(ParseResult parse) => new()
    {
        Name = LabCommandLine.NameOf(parse),
        Directory = parse.GetValue(Directory),
        Racks = parse.GetValue(Racks),
        NodesPerRack = parse.GetValue(NodesPerRack) ?? (parse.GetValue(NoNamespaces) || !Machine.IsRoot ? 1 : 2),
        NoNamespaces = parse.GetValue(NoNamespaces),
        Images = parse.GetValue(Images),
        Commands = ProductCommands.Find(parse.GetValue(Agent), parse.GetValue(Warden), parse.GetValue(Controller)),
    };

    /// <summary>Says once what a lab of an ordinary user cannot do.</summary>
    public static void WarnOfLimits()
    {
        if (!Machine.IsRoot)
        {
            Console.Error.WriteLine(
                "havm lab: not root: no namespaces, cables to cut, datastore faults or silent BMCs; "
                + "run as root for all.");
        }
    }
}
