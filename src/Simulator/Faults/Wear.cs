using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>A part of a node wears so that its sensors count it; what runs goes on.</summary>
public sealed record Wear(NodeName Node, WearKind Part, long Count) : IFault
{
    private const int Many = 500;

    public static readonly FaultKind Kind = new(
        "predict-failure",
        "The node's sensors say that it will fail: 500 memory errors that were corrected, one that was not, or a disk "
            + "that says so of itself. What runs goes on.",
        fields => fields.Word("as") switch
        {
            "uncorrected" => new Wear(fields.Node, WearKind.MemoryUncorrected, 1),
            "disk" => new Wear(fields.Node, WearKind.DiskFailing, 1),
            _ => new Wear(fields.Node, WearKind.MemoryCorrected, Many),
        },
        FaultField.Node,
        FaultField.Word("as", "corrected", "what they count", "corrected", "uncorrected", "disk"))
    {
        EndedBy = "replace-parts",
    };

    public void Strike(VirtualWorld world) => world.Host(Node).Parts.Wear(Part, Count);
}

/// <summary>The parts that wore are new.</summary>
public sealed record PartsReplaced(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "replace-parts", "Ends `predict-failure`: the node's sensors count from 0.",
        fields => new PartsReplaced(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).Parts.Replace();
}

/// <summary>A diagnosis of the node finds something bad that no sensor counts, or does not any more.</summary>
public sealed record DiagnosisBroken(NodeName Node, bool Broken) : IFault
{
    public static readonly FaultKind Fail = new(
        "fail-diagnosis",
        "Every diagnosis of the node fails: no guest runs there in it. Nothing else shows, and what runs goes on.",
        fields => new DiagnosisBroken(fields.Node, true), FaultField.Node) { EndedBy = "pass-diagnosis" };

    public static readonly FaultKind Pass = new(
        "pass-diagnosis", "Ends `fail-diagnosis`.", fields => new DiagnosisBroken(fields.Node, false), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).Parts.FailsDiagnosis = Broken;
}
