using Havm.Core.Fencing;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 6: who may lead among several controllers, and until when by its own clock.</summary>
public sealed class ElectionStories
{
    private static readonly LeadershipTerms Terms = LeadershipTerms.Default;

    [Fact]
    public void Who_hears_that_the_office_is_vacant_asks_for_a_lease_then_claims_it_and_leads()
    {
        var replica = new Replica();
        Assert.Single(replica.Do<ElectionEffect.Watch>());

        replica.Hear(10, new ElectionInput.OfficeVacant());
        var ask = Assert.Single(replica.Do<ElectionEffect.AskLease>());
        Assert.Equal(Terms.Ttl, ask.Ttl);
        replica.Hear(10.1, new ElectionInput.LeaseGiven(ask.Question, 7));
        var claim = Assert.Single(replica.Do<ElectionEffect.Claim>());
        replica.Hear(10.2, new ElectionInput.ClaimAnswered(claim.Question, new Epoch(5)));

        Assert.Equal(new Epoch(5), Assert.Single(replica.Do<ElectionEffect.TakeOffice>()).Epoch);
        Assert.Equal(Instant.FromSeconds(10) + Terms.StepDown, replica.LeadsUntil);
    }

    [Fact]
    public void Leadership_is_counted_from_sending_the_keepalive_that_was_answered_not_from_its_answer()
    {
        var replica = Replica.Leading(at: 10);
        replica.Hear(11, new ElectionInput.Tick());
        var sent = Assert.Single(replica.Do<ElectionEffect.KeepAlive>());

        replica.Hear(12.4, new ElectionInput.KeptAlive(sent.Question, true));

        Assert.Equal(Instant.FromSeconds(11) + Terms.StepDown, replica.LeadsUntil);
    }

    [Fact]
    public void An_answer_to_an_older_keepalive_renews_from_when_that_one_was_sent()
    {
        var replica = Replica.Leading(at: 10);
        replica.Hear(11, new ElectionInput.Tick());
        var first = replica.Do<ElectionEffect.KeepAlive>().Single();
        replica.Hear(11.5, new ElectionInput.Tick());
        Assert.NotEqual(first, replica.Do<ElectionEffect.KeepAlive>().Last());

        replica.Hear(11.8, new ElectionInput.KeptAlive(first.Question, true));

        Assert.Equal(Instant.FromSeconds(11) + Terms.StepDown, replica.LeadsUntil);
    }

    [Fact]
    public void A_leader_that_hears_nothing_from_the_store_steps_down_by_its_own_clock()
    {
        var replica = Replica.Leading(at: 10);
        for (double at = 10.1; at < 12.45; at += 0.1)
        {
            replica.Hear(at, new ElectionInput.Tick());
        }

        Assert.NotNull(replica.LeadsUntil);
        Assert.Empty(replica.Do<ElectionEffect.LeaveOffice>());

        replica.Hear(12.5, new ElectionInput.Tick());

        Assert.Null(replica.LeadsUntil);
        Assert.Equal("leadershipEnded", Assert.Single(replica.Do<ElectionEffect.LeaveOffice>()).Why.Code);
        Assert.Single(replica.Do<ElectionEffect.Revoke>());
    }

    [Fact]
    public void An_answer_that_is_read_after_the_leadership_ended_renews_nothing()
    {
        var replica = Replica.Leading(at: 10);
        replica.Hear(11, new ElectionInput.Tick());
        var sent = replica.Do<ElectionEffect.KeepAlive>().Single();

        // It stood still while the answer lay in its buffer.
        replica.Hear(20, new ElectionInput.KeptAlive(sent.Question, true));

        Assert.Single(replica.Do<ElectionEffect.LeaveOffice>());
        Assert.Null(replica.LeadsUntil);
    }

    [Fact]
    public void A_claim_that_is_answered_too_late_is_given_back_and_no_term_begins()
    {
        var replica = new Replica();
        replica.Hear(10, new ElectionInput.OfficeVacant());
        replica.Hear(10.1, new ElectionInput.LeaseGiven(replica.Do<ElectionEffect.AskLease>().Single().Question, 7));
        var claim = replica.Do<ElectionEffect.Claim>().Single();

        replica.Hear(12.6, new ElectionInput.ClaimAnswered(claim.Question, new Epoch(5)));

        Assert.Empty(replica.Do<ElectionEffect.TakeOffice>());
        Assert.Equal(7, Assert.Single(replica.Do<ElectionEffect.Revoke>()).Lease);
    }

    [Fact]
    public void An_unanswered_claim_is_given_back_because_it_may_have_counted()
    {
        var replica = new Replica();
        replica.Hear(10, new ElectionInput.OfficeVacant());
        replica.Hear(10.1, new ElectionInput.LeaseGiven(replica.Do<ElectionEffect.AskLease>().Single().Question, 7));

        replica.Hear(10.1 + Terms.Patience.TotalSeconds, new ElectionInput.Tick());

        Assert.Equal(7, Assert.Single(replica.Do<ElectionEffect.Revoke>()).Lease);
    }

    [Fact]
    public void A_lease_that_comes_after_it_was_given_up_is_given_back()
    {
        var replica = new Replica();
        replica.Hear(10, new ElectionInput.OfficeVacant());
        var ask = replica.Do<ElectionEffect.AskLease>().Single();
        replica.Hear(11, new ElectionInput.Tick());

        replica.Hear(11.1, new ElectionInput.LeaseGiven(ask.Question, 7));

        Assert.Equal(7, Assert.Single(replica.Do<ElectionEffect.Revoke>()).Lease);
        Assert.Empty(replica.Do<ElectionEffect.Claim>());
    }

    [Fact]
    public void A_term_ends_with_a_commit_that_was_not_acknowledged_and_the_office_is_given_back_at_once()
    {
        var replica = Replica.Leading(at: 10);

        replica.Hear(10.5, new ElectionInput.CommitFailed(new Epoch(5)));

        Assert.Equal("commitFailed", Assert.Single(replica.Do<ElectionEffect.LeaveOffice>()).Why.Code);
        Assert.Single(replica.Do<ElectionEffect.Revoke>());
    }

    [Fact]
    public void Who_was_not_first_lets_others_go_first_and_then_watches_again()
    {
        var replica = new Replica();
        replica.Hear(10, new ElectionInput.OfficeVacant());
        replica.Hear(10.1, new ElectionInput.LeaseGiven(replica.Do<ElectionEffect.AskLease>().Single().Question, 7));
        replica.Hear(10.2, new ElectionInput.ClaimAnswered(replica.Do<ElectionEffect.Claim>().Single().Question, null));
        Assert.Single(replica.Do<ElectionEffect.Watch>());

        replica.Hear(10.3, new ElectionInput.OfficeVacant());
        Assert.Single(replica.Do<ElectionEffect.AskLease>());
        replica.Hear(10.2 + Terms.Patience.TotalSeconds, new ElectionInput.Tick());

        Assert.Equal(2, replica.Do<ElectionEffect.Watch>().Count());
    }

    /// <summary>The leader's clock is slow by r, the store's fast by r, and the last keepalive took no time.</summary>
    [Fact]
    public void Whatever_the_clocks_do_within_bounds_nobody_leads_any_more_when_the_store_frees_the_office()
    {
        const double Drift = 0.01;
        double freed = Terms.Ttl.TotalSeconds / (1 + Drift);
        double left = Terms.StepDown.TotalSeconds / (1 - Drift);

        Assert.True(left < freed, $"the leader leaves after {left:0.000} s, the store frees after {freed:0.000} s");
    }

    [Fact]
    public void A_time_to_live_that_would_let_two_lead_is_refused_with_the_smallest_that_would_not()
    {
        Assert.False(LeadershipTerms.TryMake(
            new LeadershipSettings { Ttl = TimeSpan.FromSeconds(2.55) }, out _, out var errors));

        Assert.Contains("at least 2.551 s", Assert.Single(errors), StringComparison.Ordinal);
        Assert.True(LeadershipTerms.TryMake(
            new LeadershipSettings { Ttl = TimeSpan.FromSeconds(2.551) }, out _, out _));
    }

    [Fact]
    public void A_leader_whose_leadership_has_run_out_grants_no_lease_and_tells_no_goal()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var beat = story.Home("a").WardenBeat() with { Holds = null };
        var leads = story.Cluster with
        {
            Office = story.Cluster.Office with { LeadsUntil = story.Now + TimeSpan.FromMilliseconds(1) },
        };
        Assert.True(BeatAnswer.To(leads, beat, story.Now).Lease);

        var over = BeatAnswer.To(leads, beat, story.Now + TimeSpan.FromMilliseconds(1));

        Assert.Equal(new BeatAnswer(false, null, 0, null), over);
    }

    [Fact]
    public void A_leader_whose_leadership_has_run_out_sends_no_power_off_order_however_often_it_was_tried()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);
        story.Until(() => story.Commands.Any(sent => sent.Command is PowerOff));
        var order = (PowerOff)story.Commands.Last(sent => sent.Command is PowerOff).Command;
        Assert.True(FencingDecider.Stands(story.Cluster, order, story.Now));

        var over = story.Cluster with { Office = story.Cluster.Office with { LeadsUntil = story.Now } };

        Assert.False(FencingDecider.Stands(over, order, story.Now));
    }

    /// <summary>One replica, told what it hears, with all that it ever wanted done.</summary>
    private sealed class Replica
    {
        private readonly List<ElectionEffect> _done = [];
        private Candidacy _candidacy = Candidacy.Begin;

        public Replica() => Hear(0, new ElectionInput.Tick());

        public Instant? LeadsUntil => _candidacy.LeadsUntil(Terms);

        public static Replica Leading(double at)
        {
            var replica = new Replica();
            replica.Hear(at, new ElectionInput.OfficeVacant());
            replica.Hear(at, new ElectionInput.LeaseGiven(replica.Do<ElectionEffect.AskLease>().Single().Question, 7));
            var claim = replica.Do<ElectionEffect.Claim>().Single();
            replica.Hear(at, new ElectionInput.ClaimAnswered(claim.Question, new Epoch(5)));
            Assert.NotNull(replica.LeadsUntil);
            return replica;
        }

        public void Hear(double at, ElectionInput input)
        {
            var (after, effects) = ElectionDecider.Decide(_candidacy, input, Terms, Instant.FromSeconds(at));
            _candidacy = after;
            _done.AddRange(effects);
        }

        public IEnumerable<T> Do<T>() where T : ElectionEffect => _done.OfType<T>();
    }
}
