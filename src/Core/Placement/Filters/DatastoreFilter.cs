using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>A node that cannot use a datastore takes nothing whose disks or kernel lie there.</summary>
public sealed class DatastoreFilter : IFilter
{
    public string Name => "datastore";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        node.Node.Ailments.IsEmpty || Lacking(node, instance) is null;

    public string Why(Candidate node, Instance instance, PlacementView view) =>
        $"does not reach datastore {Lacking(node, instance)}";

    private static string? Lacking(Candidate node, Instance instance) =>
        instance.Machine.DatastoreWhere(node.Node.LacksDatastore);
}
