using System.Collections.Immutable;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>How an endpoint answers its balancer.</summary>
internal enum Endpoint
{
    Well,

    /// <summary>Answers, and not what was asked for.</summary>
    Wrong,

    Silent,
}

/// <summary>Load balancers that do what they are told at once, and say each second how their members are.</summary>
internal sealed partial class Story
{
    private readonly SortedDictionary<string, ImmutableSortedDictionary<InstanceName, MemberRotation>> _rotations = [];

    /// <summary>Endpoints that do not answer well.</summary>
    public Dictionary<string, Endpoint> Endpoints { get; } = [];

    /// <summary>What a member has open.</summary>
    public Dictionary<string, int> Connections { get; } = [];

    /// <summary>Nothing is heard of the balancers.</summary>
    public bool BalancersSilent { get; set; }

    /// <summary>Counts the lives of the balancers' processes.</summary>
    public long BalancerLife { get; set; } = 1;

    public MemberRotation RotationOf(string balancer, string member) =>
        _rotations[balancer].GetValueOrDefault(new InstanceName(member));

    private void Balance()
    {
        if ((Now.SinceOrigin.Ticks / Tick.Ticks) % 10 != 0)
        {
            return;
        }

        foreach (var (name, _) in Ledger.All<LoadBalancerSpec>())
        {
            if (BalancersSilent)
            {
                Post(new BalancerSilent(name, "nothing listens"));
                continue;
            }

            var before = _rotations.GetValueOrDefault(name)
                ?? ImmutableSortedDictionary<InstanceName, MemberRotation>.Empty;
            var plan = BalancerPlan.Of(Cluster, name)!;
            _rotations[name] = plan.Members.ToImmutableSortedDictionary(m => m.Instance, m => m.Wish switch
            {
                MemberWish.In => MemberRotation.In,
                MemberWish.Drain => MemberRotation.Draining,
                MemberWish.Out => MemberRotation.Out,
                MemberWish.Keep => before.GetValueOrDefault(m.Instance),
            });
            Post(new BalancerSpoke(name, Now, new BalancerWord(
                BalancerLife, [.. _rotations[name].Select(m => Word(m.Key, m.Value))])));
        }
    }

    private MemberWord Word(InstanceName member, MemberRotation rotation)
    {
        var mood = Endpoints.GetValueOrDefault(member.Value);
        var health = rotation == MemberRotation.Out ? MemberHealth.Unknown
            : mood == Endpoint.Well ? MemberHealth.Up : MemberHealth.Down;
        return new MemberWord(member, rotation, health)
        {
            Check = mood switch { Endpoint.Well => "L7OK 200", Endpoint.Wrong => "L7STS 500", _ => "L4TOUT" },
            Answered = mood != Endpoint.Silent,
            Sessions = Connections.GetValueOrDefault(member.Value),
        };
    }
}
