using System.Diagnostics;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>What every power fence promises; run by the real one and by its simulated twin.</summary>
public abstract class PowerFenceContract(IChassis chassis, IPowerFence fence) : IAsyncDisposable
{
    protected static readonly NodeName Node = new("n1");

    /// <summary>More than the 2 s a read may take; what is over it was not bounded at all.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(6);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected IChassis Chassis => chassis;

    protected IPowerFence Fence => fence;

    public async ValueTask DisposeAsync()
    {
        await chassis.DisposeAsync();
        (fence as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(PowerState.On)]
    [InlineData(PowerState.Off)]
    [InlineData(PowerState.Unknown)]
    public async Task It_reads_what_the_BMC_states(PowerState power)
    {
        chassis.Power = power;

        var stated = power == PowerState.Unknown ? chassis.StatedWhileGoing : power;
        Assert.Equal(PowerAnswer.Of(stated), await fence.ReadAsync(Node, chassis.Spec, Cancel));
        Assert.Equal(0, chassis.Orders);
    }

    [Fact]
    public async Task Off_and_on_act_and_are_read_back()
    {
        chassis.Power = PowerState.Off;

        Assert.Equal(FenceTrouble.None, (await fence.OnAsync(Node, chassis.Spec, Cancel)).Trouble);
        Assert.Equal(PowerState.On, chassis.Power);
        Assert.Equal(PowerAnswer.Of(PowerState.On), await fence.ReadAsync(Node, chassis.Spec, Cancel));

        Assert.Equal(FenceTrouble.None, (await fence.OffAsync(Node, chassis.Spec, Cancel)).Trouble);
        Assert.Equal(PowerState.Off, chassis.Power);
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.ReadAsync(Node, chassis.Spec, Cancel));
        Assert.Equal(2, chassis.Orders);
    }

    [Fact]
    public async Task An_order_claims_no_more_than_what_was_stated_before_it()
    {
        chassis.Power = PowerState.Unknown;

        PowerAnswer answer = await fence.OffAsync(Node, chassis.Spec, Cancel);

        Assert.Equal(PowerAnswer.Of(chassis.StatedWhileGoing), answer);
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.ReadAsync(Node, chassis.Spec, Cancel));
    }

    [Fact]
    public async Task Off_on_a_chassis_that_is_off_succeeds_without_an_order()
    {
        chassis.Power = PowerState.Off;

        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.OffAsync(Node, chassis.Spec, Cancel));
        Assert.Equal(0, chassis.Orders);
    }

    [Fact]
    public async Task A_dead_BMC_is_unreachable_within_the_time_out_and_may_come_back()
    {
        chassis.Power = PowerState.On;
        chassis.BeDead();
        long clock = Stopwatch.GetTimestamp();

        PowerAnswer read = await fence.ReadAsync(Node, chassis.Spec, Cancel);
        Assert.Equal((PowerState.Unknown, FenceTrouble.Unreachable), (read.State, read.Trouble));
        Assert.InRange(Stopwatch.GetElapsedTime(clock), TimeSpan.Zero, Bound);
        Assert.Contains("n1", read.Message, StringComparison.Ordinal);
        Assert.Equal(FenceTrouble.Unreachable, (await fence.OffAsync(Node, chassis.Spec, Cancel)).Trouble);
        Assert.Equal(0, chassis.Orders);

        chassis.BeTruthful();
        Assert.Equal(PowerAnswer.Of(PowerState.On), await fence.ReadAsync(Node, chassis.Spec, Cancel));
    }

    [Fact]
    public async Task What_a_lying_BMC_says_is_handed_on_as_said()
    {
        chassis.Power = PowerState.On;
        chassis.Lie();

        Assert.Equal(FenceTrouble.None, (await fence.OffAsync(Node, chassis.Spec, Cancel)).Trouble);
        Assert.Equal(PowerAnswer.Of(PowerState.Off), await fence.ReadAsync(Node, chassis.Spec, Cancel));

        Assert.Equal(PowerState.On, chassis.Power);
        Assert.Equal(0, chassis.Orders);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_orders_nothing()
    {
        chassis.Power = PowerState.On;

        PowerAnswer answer = await fence.OffAsync(Node, chassis.WithWrongPassword(), Cancel);

        Assert.Equal((PowerState.Unknown, chassis.OfWrongPassword), (answer.State, answer.Trouble));
        Assert.Equal(0, chassis.Orders);
    }

    [Fact]
    public async Task Only_a_cancelled_token_throws()
    {
        chassis.BeDead();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fence.ReadAsync(Node, chassis.Spec, cancel.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fence.OffAsync(Node, chassis.Spec, cancel.Token));
    }
}

/// <summary>What a fence promises besides whose method can tell which machine it speaks to.</summary>
public abstract class BoundPowerFenceContract(IChassis chassis, IPowerFence fence) : PowerFenceContract(chassis, fence)
{
    [Fact]
    public async Task Another_machines_UUID_gets_no_order()
    {
        Chassis.Power = PowerState.On;
        FenceMethod wrong = Chassis.Spec with { Uuid = "00000000-0000-4000-8000-000000000000" };

        Assert.Equal(FenceTrouble.WrongMachine, (await Fence.ReadAsync(Node, wrong, Cancel)).Trouble);
        Assert.Equal(FenceTrouble.WrongMachine, (await Fence.OffAsync(Node, wrong, Cancel)).Trouble);
        Assert.Equal(FenceTrouble.WrongMachine, (await Fence.OnAsync(Node, wrong, Cancel)).Trouble);

        Assert.Equal(PowerState.On, Chassis.Power);
        Assert.Equal(0, Chassis.Orders);
    }
}

/// <summary>What a fence promises besides whose BMC is known by a certificate.</summary>
public abstract class TrustedPowerFenceContract(ITrustedChassis chassis, IPowerFence fence)
    : BoundPowerFenceContract(chassis, fence)
{
    [Fact]
    public async Task A_certificate_of_another_authority_is_not_trusted()
    {
        Chassis.Power = PowerState.On;

        PowerAnswer answer = await Fence.OffAsync(Node, ((ITrustedChassis)Chassis).WithOtherAuthority(), Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Untrusted), (answer.State, answer.Trouble));
        Assert.Equal(0, Chassis.Orders);
    }
}
