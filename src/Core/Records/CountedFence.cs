using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// A boot that was ordered off, or cut off from storage, a short time ago. Its age is no difference of two wall clocks:
/// leaders count it on their monotonic clocks and write it down as it grows, so that neither the next leader's clock
/// nor one that was set makes it older than it is.
/// </summary>
/// <param name="Order">The newest order for the boot.</param>
/// <param name="Node">The node.</param>
/// <param name="Boot">The boot; a fence and a cut of one boot are one.</param>
/// <param name="Age">It is at least so old.</param>
public sealed record CountedFence(long Order, NodeName Node, BootId Boot, TimeSpan Age);
