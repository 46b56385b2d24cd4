using System.Collections.Immutable;
using Havm.Core.Rotation;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.LoadBalancer;

/// <summary>What every load balancer promises; run by HAProxy and by its simulated twin.</summary>
public abstract class BalancerContract(IBalancerRig rig) : IAsyncDisposable
{
    private const string Name = "shop";

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected IBalancerRig Rig => rig;

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Members_are_probed_and_share_the_requests()
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 0) == MemberHealth.Up && Health(w, 1) == MemberHealth.Up);

        var served = new HashSet<int?>();
        for (var i = 0; i < 8; i++)
        {
            served.Add(await rig.RequestAsync());
        }

        Assert.Equal([0, 1], served.Order());
    }

    [Theory]
    [InlineData(Mood.Wrong, true)]
    [InlineData(Mood.Refusing, true)]
    [InlineData(Mood.Silent, false)]
    public async Task Who_misses_its_probes_is_down_and_gets_nothing_until_it_answers_again(Mood mood, bool answered)
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 0) == MemberHealth.Up && Health(w, 1) == MemberHealth.Up);

        rig.Set(1, mood);
        // A processor that stands still can make a refusal late once: then it is waited for the next probe.
        var word = await UntilAsync(
            All(MemberWish.In), w => Health(w, 1) == MemberHealth.Down && Member(w, 1).Answered == answered);

        Assert.Equal(MemberRotation.In, Rotation(word, 1));
        Assert.NotEmpty(Member(word, 1).Check);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0, await rig.RequestAsync());
        }

        rig.Set(1, Mood.Well);
        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);
        Assert.Contains(1, new[] { await rig.RequestAsync(), await rig.RequestAsync() });
    }

    [Fact]
    public async Task Who_comes_later_is_let_in_when_its_probes_are_answered_and_not_before()
    {
        rig.Set(1, Mood.Wrong);
        await UntilAsync(Plan(MemberWish.In, MemberWish.Keep), w => Health(w, 0) == MemberHealth.Up);

        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Down);
        Assert.Equal(MemberRotation.Joining, Rotation(await TendAsync(All(MemberWish.In)), 1));
        Assert.Equal(new int?[] { 0, 0 }, [await rig.RequestAsync(), await rig.RequestAsync()]);

        rig.Set(1, Mood.Well);
        await UntilAsync(All(MemberWish.In), w => Rotation(w, 1) == MemberRotation.In);
        Assert.Contains(1, new[] { await rig.RequestAsync(), await rig.RequestAsync() });
    }

    [Fact]
    public async Task Who_drains_gets_nothing_new_and_what_it_has_is_counted_until_it_ends()
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);
        await using (await rig.OpenRequestAsync(1))
        {
            await UntilAsync(All(MemberWish.In), w => Member(w, 1).Sessions == 1);

            var word = await TendAsync(Plan(MemberWish.In, MemberWish.Drain));
            Assert.Equal((MemberRotation.Draining, 1), (Rotation(word, 1), Member(word, 1).Sessions));
            Assert.Equal(new int?[] { 0, 0 }, [await rig.RequestAsync(), await rig.RequestAsync()]);
        }

        await UntilAsync(Plan(MemberWish.In, MemberWish.Drain), w => Member(w, 1).Sessions == 0);
        await UntilAsync(All(MemberWish.In), w => Rotation(w, 1) == MemberRotation.In);
    }

    [Fact]
    public async Task Who_is_out_gets_nothing_and_is_probed_anew_when_it_comes_in_again()
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);

        var word = await TendAsync(Plan(MemberWish.In, MemberWish.Out));
        Assert.Equal((MemberRotation.Out, MemberHealth.Unknown), (Rotation(word, 1), Health(word, 1)));
        Assert.Equal(new int?[] { 0, 0 }, [await rig.RequestAsync(), await rig.RequestAsync()]);

        Assert.Equal(MemberRotation.Joining, Rotation(await TendAsync(All(MemberWish.In)), 1));
        await UntilAsync(All(MemberWish.In), w => Rotation(w, 1) == MemberRotation.In);
    }

    [Fact]
    public async Task Of_whom_nothing_new_is_known_stays_as_it_is()
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);

        Assert.Equal(MemberRotation.In, Rotation(await TendAsync(All(MemberWish.Keep)), 1));
        await TendAsync(Plan(MemberWish.Keep, MemberWish.Out));
        Assert.Equal(MemberRotation.Out, Rotation(await TendAsync(All(MemberWish.Keep)), 1));
    }

    [Fact]
    public async Task Another_that_tends_it_finds_it_as_it_is()
    {
        var before = await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);
        await TendAsync(Plan(MemberWish.In, MemberWish.Out));

        rig.TendAnew();

        var after = await TendAsync(Plan(MemberWish.In, MemberWish.Keep));
        Assert.Equal((before.Life, MemberRotation.Out), (after.Life, Rotation(after, 1)));
    }

    [Fact]
    public async Task One_that_was_killed_is_started_again_with_its_members()
    {
        var before = await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);

        rig.Kill(Name);

        var after = await UntilAsync(
            All(MemberWish.In), w => Health(w, 0) == MemberHealth.Up && Health(w, 1) == MemberHealth.Up);
        Assert.NotEqual(before.Life, after.Life);
        Assert.Equal(2, new HashSet<int?> { await rig.RequestAsync(), await rig.RequestAsync() }.Count);
    }

    [Fact]
    public async Task One_that_stands_still_says_nothing_and_is_heard_again_when_it_goes_on()
    {
        var before = await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);

        rig.Stall(Name, true);
        var answer = await rig.Balancer.TendAsync(All(MemberWish.In), Cancel);
        rig.Stall(Name, false);

        Assert.Null(answer.Word);
        Assert.NotEmpty(answer.Trouble);
        Assert.Equal(before.Life, (await UntilAsync(All(MemberWish.In), _ => true)).Life);
    }

    [Fact]
    public async Task One_that_is_removed_is_gone()
    {
        await UntilAsync(All(MemberWish.In), w => Health(w, 1) == MemberHealth.Up);
        Assert.Equal([Name], await rig.Balancer.KnownAsync(Cancel));

        await rig.Balancer.RemoveAsync(Name, Cancel);
        await rig.Balancer.RemoveAsync(Name, Cancel);

        Assert.Empty(await rig.Balancer.KnownAsync(Cancel));
        Assert.Null(await rig.RequestAsync());
    }

    protected BalancerPlan All(MemberWish wish) => Plan(wish, wish);

    protected BalancerPlan Plan(params MemberWish[] wishes) => new(
        Name, rig.Spec,
        [.. wishes.Select((wish, i) => new PlannedMember(Instance(i), rig.AddressOf(i), wish))]);

    protected async Task<BalancerWord> TendAsync(BalancerPlan plan) =>
        (await rig.Balancer.TendAsync(plan, Cancel)) is { Word: { } word } ? word
            : throw new InvalidOperationException("it was not heard");

    /// <summary>Tends it until what it says is so.</summary>
    protected async Task<BalancerWord> UntilAsync(BalancerPlan plan, Func<BalancerWord, bool> so)
    {
        BalancerAnswer answer;
        var tries = 0;
        do
        {
            Assert.True(tries++ < 400, "what it was waited for did not come true");
            await rig.TurnAsync();
            answer = await rig.Balancer.TendAsync(plan, Cancel);
        }
        while (answer.Word is not { } word || !so(word));

        return answer.Word;
    }

    protected static MemberHealth Health(BalancerWord word, int index) =>
        word.Members.FirstOrDefault(m => m.Instance == Instance(index))?.Health ?? MemberHealth.Unknown;

    private static InstanceName Instance(int index) => new($"shop-web-{index}");

    private static MemberWord Member(BalancerWord word, int index) =>
        word.Members.Single(m => m.Instance == Instance(index));

    private static MemberRotation Rotation(BalancerWord word, int index) => Member(word, index).Rotation;
}

/// <summary>How an endpoint behaves.</summary>
public enum Mood
{
    Well,
    Wrong,
    Refusing,
    Silent,
}

/// <summary>A balancer, two endpoints behind it, and somebody who asks.</summary>
public interface IBalancerRig : IAsyncDisposable
{
    ILoadBalancer Balancer { get; }

    LoadBalancerSpec Spec { get; }

    string AddressOf(int index);

    void Set(int index, Mood mood);

    /// <summary>Which endpoint answered; null: none did.</summary>
    Task<int?> RequestAsync();

    /// <summary>A request that this endpoint has and does not answer before it is disposed.</summary>
    Task<IAsyncDisposable> OpenRequestAsync(int index);

    /// <summary>Another tends from now on, with nothing in its memory.</summary>
    void TendAnew();

    void Kill(string name);

    void Stall(string name, bool stalled);

    /// <summary>A little time passes.</summary>
    Task TurnAsync();
}
