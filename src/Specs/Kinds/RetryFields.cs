using Havm.Model;

namespace Havm.Specs;

/// <summary>What follows a start that failed: the cluster's Policy and a single VM say it alike.</summary>
internal static class RetryFields
{
    private static readonly RetryPolicy Usual = new();

    private static readonly Member<RetryPolicy, int> Here = Member.Optional(
        "here", new IntegerType(0, 1000), Usual.Here, (RetryPolicy p) => p.Here,
        "Further tries on the node on which a start failed, before another node is tried.");

    private static readonly Member<RetryPolicy, int> Elsewhere = Member.Optional(
        "elsewhere", new IntegerType(0, 1000), Usual.Elsewhere, (RetryPolicy p) => p.Elsewhere,
        "Further nodes that are tried before the state is `failed`, none of them twice.");

    private static readonly Member<RetryPolicy, TimeSpan?> Again = Member.Optional(
        "again", new NullableType<TimeSpan>(
            new DurationType(TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)), "never"),
        Usual.Again, (RetryPolicy p) => p.Again,
        "The longest wait of what failed before all nodes are tried again; the waits grow to it from 10s. A node that "
        + "could not take it before and now can is tried at once, and so is every node once a disk's lock that "
        + "refused it is free, or by `havm vm start NAME`.");

    public static readonly Shape<RetryPolicy> Shape = new(
        [Here, Elsewhere, Again],
        v => new RetryPolicy { Here = v.Get(Here), Elsewhere = v.Get(Elsewhere), Again = v.Get(Again) });
}
