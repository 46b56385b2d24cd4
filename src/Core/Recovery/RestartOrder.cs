using Havm.Core.Records;

namespace Havm.Core.Recovery;

/// <summary>Who is seated first when many wait: by priority, then by how long it has waited, then by name.</summary>
public static class RestartOrder
{
    public static IEnumerable<Instance> Of(IEnumerable<Instance> waiting) =>
        waiting.OrderBy(i => i.Priority).ThenBy(i => i.Failures.Count).ThenBy(i => i.Name);
}
