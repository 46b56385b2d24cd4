using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Simulator.LoadBalancer;

/// <summary>What a probe of a member meets.</summary>
public enum ProbeFate
{
    Answered,

    /// <summary>Another answer than the wanted one.</summary>
    Wrong,

    /// <summary>Nothing listens there, and the machine says so.</summary>
    Refused,

    /// <summary>Nothing at all comes back.</summary>
    Nothing,
}

/// <summary>
/// One balancer in memory: the same plan in, the same words out as of the real one. Probes that are due are made when
/// it is tended.
/// </summary>
/// <param name="life">Which life of its process.</param>
public sealed class SimulatedBalancer(long life)
{
    private readonly SortedDictionary<InstanceName, Member> _members = [];
    private bool _tended;

    public long Life => life;

    /// <summary>Members that get requests now.</summary>
    public IEnumerable<InstanceName> Serving =>
        _members.Where(m => m.Value is { Rotation: MemberRotation.In, Runs: true }).Select(m => m.Key);

    /// <param name="probe">What a probe of an address meets now.</param>
    /// <param name="sessions">What a member has open.</param>
    public BalancerWord Tend(
        BalancerPlan plan, Instant now, Func<PlannedMember, ProbeFate> probe, Func<InstanceName, int> sessions)
    {
        foreach (var gone in _members.Keys.Where(name => plan.Members.All(m => m.Instance != name)).ToList())
        {
            _members.Remove(gone);
        }

        foreach (var planned in plan.Members)
        {
            Change(planned, now);
        }

        _tended = true;
        foreach (var planned in plan.Members.Where(m => _members.ContainsKey(m.Instance)))
        {
            _members[planned.Instance].ProbeIfDue(plan.Spec.Probe, now, () => probe(planned));
        }

        return new BalancerWord(life,
        [
            .. plan.Members.Where(m => _members.ContainsKey(m.Instance)).Select(m => Word(m, sessions(m.Instance))),
        ]);
    }

    private void Change(PlannedMember planned, Instant now)
    {
        if (!_members.TryGetValue(planned.Instance, out var member))
        {
            if (planned.Wish == MemberWish.In)
            {
                // The first members of a life are trusted on their guests' word; who comes later is probed first.
                _members[planned.Instance] = new Member
                {
                    Rotation = _tended ? MemberRotation.Joining : MemberRotation.In, Runs = !_tended, NextProbe = now,
                };
            }

            return;
        }

        (member.Rotation, member.Runs) = (planned.Wish, member.Rotation) switch
        {
            (MemberWish.In, MemberRotation.Out) => (MemberRotation.Joining, false),
            (MemberWish.In, MemberRotation.Joining or MemberRotation.Draining) when member.Runs =>
                (MemberRotation.In, true),
            (MemberWish.In, MemberRotation.Draining) => (MemberRotation.Joining, false),
            (MemberWish.Drain, MemberRotation.In or MemberRotation.Joining) =>
                (MemberRotation.Draining, member.Runs),
            (MemberWish.Out, _) => (MemberRotation.Out, false),
            (_, var rotation) => (rotation, member.Runs),
        };
    }

    private MemberWord Word(PlannedMember planned, int sessions)
    {
        var member = _members[planned.Instance];
        return new MemberWord(planned.Instance, member.Rotation, member.Health)
        {
            Check = member is { Rotation: not MemberRotation.Out, Last: { } last } ? Words(last) : "",
            Answered = member.Last is ProbeFate.Answered or ProbeFate.Wrong or ProbeFate.Refused,
            Sessions = sessions,
        };
    }

    private static string Words(ProbeFate fate) => fate switch
    {
        ProbeFate.Answered => "L7OK 200",
        ProbeFate.Wrong => "L7STS 500",
        ProbeFate.Refused => "L4CON Connection refused",
        ProbeFate.Nothing => "L4TOUT",
    };

    private sealed class Member
    {
        public MemberRotation Rotation { get; set; }

        public bool Runs { get; set; }

        public ProbeFate? Last { get; private set; }

        public Instant NextProbe { get; init; }

        private Instant? _next;
        private int _inRow;

        public MemberHealth Health => Rotation == MemberRotation.Out || Last is null ? MemberHealth.Unknown
            : Runs ? Last == ProbeFate.Answered ? MemberHealth.Up : MemberHealth.Missing
            : Last == ProbeFate.Answered ? MemberHealth.Missing : MemberHealth.Down;

        public void ProbeIfDue(BalancerProbe spec, Instant now, Func<ProbeFate> probe)
        {
            if (Rotation == MemberRotation.Out)
            {
                (_next, _inRow, Last) = (null, 0, null);
                return;
            }

            if (now < (_next ?? NextProbe))
            {
                return;
            }

            var fate = probe();
            _inRow = Last is { } last && last == ProbeFate.Answered != (fate == ProbeFate.Answered) ? 1 : _inRow + 1;
            Last = fate;
            Runs = Runs ? fate == ProbeFate.Answered || _inRow < spec.Misses
                : fate == ProbeFate.Answered && _inRow >= spec.Successes;
            var down = TimeSpan.FromSeconds(2);
            _next = now + (Runs || spec.Every < down ? spec.Every : down);
        }
    }
}
