using Havm.Core.Records;

namespace Havm.Core.Recovery;

/// <summary>
/// Who is seated first when many wait: by priority, then by failed tries, then by name, and of one role the lowest
/// index first, because the highest leaves first.
/// </summary>
public static class RestartOrder
{
    public static IEnumerable<Instance> Of(IEnumerable<Instance> waiting) =>
        waiting.OrderBy(i => i.Priority).ThenBy(i => i.Failures.Count)
            .ThenBy(i => i.Owner.Name, StringComparer.Ordinal).ThenBy(i => i.Role, StringComparer.Ordinal)
            .ThenBy(i => i.Index).ThenBy(i => i.Name);
}
