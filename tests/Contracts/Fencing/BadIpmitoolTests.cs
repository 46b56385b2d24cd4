using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Fencing;

/// <summary>What stands between the IPMI driver and its BMC: the program, and how it is told the password.</summary>
public sealed class BadIpmitoolTests : IDisposable
{
    private static readonly NodeName Node = new("n1");

    private readonly string _directory = Directory.CreateTempSubdirectory("havm-ipmitool-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FenceMethod Method => new()
    {
        Driver = FenceDriver.Ipmi, Address = "192.0.2.1", Uuid = IpmiChassis.Uuid, CredentialsFile = At("credentials"),
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Without_ipmitool_it_says_what_to_install()
    {
        var settings = new FencingSettings { Ipmitool = At("nowhere") };

        PowerAnswer answer = await new IpmiPowerFence(settings).ReadAsync(Node, Method, Cancel);

        Assert.Equal(FenceTrouble.Unusable, answer.Trouble);
        Assert.Contains("install the package ipmitool", answer.Message, StringComparison.Ordinal);
        Assert.Equal("driver", (await new FenceAgents(settings).FaultAsync(Method, Cancel))?.Field);
    }

    [Fact]
    public async Task A_BMC_that_tells_no_GUID_gets_no_order_where_one_is_asked_for()
    {
        IpmiPowerFence fence = Fence("cat >>told; echo 'Chassis Power is on'");

        Assert.Equal(FenceTrouble.WrongMachine, (await fence.OffAsync(Node, Method, Cancel)).Trouble);
        Assert.DoesNotContain("off", File.ReadAllText(At("told")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_in_no_argument_and_in_no_words()
    {
        IpmiPowerFence fence = Fence(
            "tr '\\0' ' ' </proc/$$/cmdline >seen; echo \"Error: $IPMI_PASSWORD is invalid\" >&2; exit 1");

        PowerAnswer answer = await fence.ReadAsync(Node, Method, Cancel);

        Assert.Contains("*** is invalid", answer.Message, StringComparison.Ordinal);
        Assert.Contains("-U admin -H 192.0.2.1 -p 623", File.ReadAllText(At("seen")), StringComparison.Ordinal);
        Assert.DoesNotContain("right-word", File.ReadAllText(At("seen")), StringComparison.Ordinal);
    }

    private IpmiPowerFence Fence(string script)
    {
        File.WriteAllText(At("credentials"), "admin:right-word\n");
        File.SetUnixFileMode(At("credentials"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(At("ipmitool"), $"#!/bin/sh\ncd \"$(dirname \"$0\")\"\n{script}\n");
        File.SetUnixFileMode(
            At("ipmitool"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new IpmiPowerFence(new FencingSettings { Ipmitool = At("ipmitool") });
    }

    private string At(string file) => Path.Join(_directory, file);
}
