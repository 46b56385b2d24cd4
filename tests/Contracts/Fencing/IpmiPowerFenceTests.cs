using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>The IPMI driver over a wire: ipmitool against a simulated BMC.</summary>
public sealed class IpmiPowerFenceTests : BoundPowerFenceContract
{
    private readonly IpmiChassis _bmc;

    public IpmiPowerFenceTests()
        : this(new IpmiChassis())
    {
    }

    private IpmiPowerFenceTests(IpmiChassis bmc)
        : base(bmc, new PowerFences()) => _bmc = bmc;

    [Theory]
    [InlineData("11111111-2222-4333-8444-0123456789ab")]
    [InlineData("11111111-2222-3343-8444-0123456789ab")]
    [InlineData("ab896745-2301-4484-3343-222211111111")]
    public async Task A_UUID_is_known_in_each_order_in_which_BMCs_send_it(string uuid)
    {
        PowerAnswer answer = await Fence.ReadAsync(Node, _bmc.Spec with { Uuid = uuid }, Cancel);

        Assert.Equal(PowerAnswer.Of(PowerState.On), answer);
    }

    [Fact]
    public async Task Without_a_UUID_nothing_is_compared()
    {
        PowerAnswer answer = await Fence.ReadAsync(Node, _bmc.Spec with { Uuid = null }, Cancel);

        Assert.Equal(PowerAnswer.Of(PowerState.On), answer);
    }

    [Fact]
    public async Task A_BMC_that_does_not_know_its_power_states_none()
    {
        _bmc.BeMute();

        PowerAnswer answer = await Fence.OffAsync(Node, _bmc.Spec, Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Refused), (answer.State, answer.Trouble));
        Assert.Equal(0, _bmc.Orders);
    }

    [Fact]
    public async Task A_user_that_it_does_not_know_is_told()
    {
        File.WriteAllText(_bmc.Credentials, "nobody:right-word\n");

        Assert.Equal(FenceTrouble.Unauthorized, (await Fence.ReadAsync(Node, _bmc.Spec, Cancel)).Trouble);
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("[::1]:1")]
    [InlineData("nowhere.invalid")]
    public async Task An_address_where_nobody_answers_is_unreachable(string address)
    {
        PowerAnswer answer = await Fence.ReadAsync(Node, _bmc.Spec with { Address = address }, Cancel);

        Assert.Equal(FenceTrouble.Unreachable, answer.Trouble);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_used_are_told_before_anything_is_sent()
    {
        PowerAnswer missing = await Fence.ReadAsync(Node, _bmc.Spec with { CredentialsFile = "/nowhere/c" }, Cancel);
        Assert.Equal(FenceTrouble.Unauthorized, missing.Trouble);
        Assert.Contains("/nowhere/c", missing.Message, StringComparison.Ordinal);

        File.SetUnixFileMode(
            _bmc.Credentials, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        PowerAnswer open = await Fence.ReadAsync(Node, _bmc.Spec, Cancel);
        Assert.Equal(FenceTrouble.Unauthorized, open.Trouble);
        Assert.Contains($"chmod 600 {_bmc.Credentials}", open.Message, StringComparison.Ordinal);
    }
}
