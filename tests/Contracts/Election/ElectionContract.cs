using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Election;

/// <summary>What every keeper of the office promises.</summary>
public abstract class ElectionContract
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IElection One { get; }

    /// <summary>Another controller of the same store.</summary>
    protected abstract IElection Other { get; }

    /// <summary>Lets so much time pass on the store's clock.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task The_office_is_held_by_one_and_the_epoch_grows_with_each_holder()
    {
        long mine = await Grant(One);
        long theirs = await Grant(Other);
        ClaimAnswer first = await One.ClaimAsync(mine, Cancel);

        ClaimAnswer second = await Other.ClaimAsync(theirs, Cancel);
        Assert.Equal(new ClaimAnswer(ElectionFate.Refused, Epoch.None), second);
        await One.RevokeAsync(mine, Cancel);
        ClaimAnswer third = await Other.ClaimAsync(theirs, Cancel);

        Assert.Equal(ElectionFate.Done, third.Fate);
        Assert.True(third.Epoch > first.Epoch);
    }

    [Fact]
    public async Task The_office_outlives_no_lease_and_is_kept_as_long_as_that_is_kept_alive()
    {
        long mine = await Grant(One);
        Assert.Equal(ElectionFate.Done, (await One.ClaimAsync(mine, Cancel)).Fate);
        for (int i = 0; i < 3; i++)
        {
            await PassAsync(Ttl * 0.6);
            Assert.Equal(ElectionFate.Done, (await One.KeepAliveAsync(mine, Cancel)).Fate);
        }

        Assert.Equal(ElectionFate.Refused, (await Other.ClaimAsync(await Grant(Other), Cancel)).Fate);
        await PassAsync(Ttl * 1.5);

        Assert.Equal(ElectionFate.Refused, (await One.KeepAliveAsync(mine, Cancel)).Fate);
        Assert.Equal(ElectionFate.Done, (await Other.ClaimAsync(await Grant(Other), Cancel)).Fate);
    }

    [Fact]
    public async Task Who_watches_is_told_when_the_office_is_vacant_and_not_before()
    {
        await One.WatchAsync(Cancel);
        long mine = await Grant(One);
        await One.ClaimAsync(mine, Cancel);
        Task watching = Other.WatchAsync(Cancel);
        Assert.False(watching.IsCompleted);

        await One.RevokeAsync(mine, Cancel);

        await watching;
    }

    [Fact]
    public async Task A_claim_under_a_lease_that_has_ended_is_refused()
    {
        long mine = await Grant(One);
        await PassAsync(Ttl * 1.5);

        Assert.Equal(ElectionFate.Refused, (await One.ClaimAsync(mine, Cancel)).Fate);
    }

    private static async Task<long> Grant(IElection election)
    {
        LeaseAnswer answer = await election.GrantAsync(Ttl, Cancel);
        Assert.Equal(ElectionFate.Done, answer.Fate);
        return answer.Lease;
    }
}
