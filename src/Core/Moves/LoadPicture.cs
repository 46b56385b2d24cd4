using System.Collections.Immutable;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// How evenly load lies on the nodes that are up. A node's load is the mean of its shares of CPU and memory, by the
/// sizes of instances, or by their measured use where placement goes by that.
/// </summary>
public sealed class LoadPicture
{
    private readonly PlacementView _view;
    private readonly double _mean;
    private readonly double _squares;
    private readonly int _count;

    public LoadPicture(PlacementView view)
    {
        _view = view;
        var nodes = view.Candidates.Where(node => node.Node.Phase == NodePhase.Up).ToList();
        _count = nodes.Count;
        _mean = nodes.Count == 0 ? 0 : nodes.Average(Of);
        _squares = nodes.Sum(node => Of(node) * Of(node));
        Imbalance = Spread(_squares);
        Heaviest = [.. nodes.Where(node => Of(node) > _mean).OrderByDescending(Of).ThenBy(node => node.Node.Name)];
        Lightest = [.. nodes.Where(node => Of(node) < _mean).OrderBy(Of).ThenBy(node => node.Node.Name)];
    }

    /// <summary>Population standard deviation by mean; 0 when nothing runs.</summary>
    public double Imbalance { get; }

    /// <summary>Nodes above the mean, the most loaded first.</summary>
    public ImmutableArray<Candidate> Heaviest { get; }

    /// <summary>Nodes below the mean, the least loaded first.</summary>
    public ImmutableArray<Candidate> Lightest { get; }

    /// <summary>
    /// What the imbalance would be after a move. The mean is taken to stay; it does where nodes are alike.
    /// </summary>
    public double After(ImmutableArray<Instance> party, Candidate from, Candidate to)
    {
        var moved = party.Aggregate(default(MachineUse), (sum, member) => sum + UseOf(member));
        var (left, reached) = (Share(from, Load(from) - moved), Share(to, Load(to) + moved));
        return Spread(_squares - Square(Of(from)) - Square(Of(to)) + Square(left) + Square(reached));
    }

    private double Spread(double squares) =>
        _mean <= 0 ? 0 : Math.Sqrt(Math.Max(0, (squares / _count) - (_mean * _mean))) / _mean;

    private static double Square(double value) => value * value;

    private double Of(Candidate node) => Share(node, Load(node));

    private MachineUse Load(Candidate node) =>
        _view.Policy.Balance == PlacementBalance.Used ? node.Used : node.Taken;

    private MachineUse UseOf(Instance instance) => _view.Policy.Balance == PlacementBalance.Used
        ? _view.UseOf(instance)
        : MachineUse.Reserved(instance.Machine);

    private static double Share(Candidate node, MachineUse load) =>
        (Part(load.MilliCpus, node.Capacity.MilliCpus) + Part(load.Memory.Value, node.Capacity.Memory.Value)) / 2;

    private static double Part(long part, long whole) => (double)part / Math.Max(1, whole);
}
