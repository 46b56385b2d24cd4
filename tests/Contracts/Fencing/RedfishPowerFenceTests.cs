using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Ports;
using Microsoft.AspNetCore.Http;

namespace Havm.Contracts.Fencing;

public sealed class RedfishPowerFenceTests : TrustedPowerFenceContract
{
    private readonly LabChassis _lab;

    public RedfishPowerFenceTests()
        : this(new LabChassis())
    {
    }

    private RedfishPowerFenceTests(LabChassis lab)
        : base(lab, new PowerFences()) => _lab = lab;

    [Fact]
    public async Task Reads_share_one_connection()
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(FenceTrouble.None, (await Fence.ReadAsync(Node, _lab.Spec, Cancel)).Trouble);
        }

        Assert.Equal(1, _lab.Connections);
    }

    [Fact]
    public async Task Credentials_that_others_can_read_are_refused_before_anything_is_sent()
    {
        File.SetUnixFileMode(
            _lab.Credentials, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        PowerAnswer answer = await Fence.ReadAsync(Node, _lab.Spec, Cancel);

        Assert.Equal(FenceTrouble.Unauthorized, answer.Trouble);
        Assert.Contains($"chmod 600 {_lab.Credentials}", answer.Message, StringComparison.Ordinal);
        Assert.Equal(0, _lab.Connections);
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named()
    {
        FenceMethod missing = _lab.Spec with { CredentialsFile = "/nowhere/credentials" };
        PowerAnswer answer = await Fence.ReadAsync(Node, missing, Cancel);
        Assert.Equal(FenceTrouble.Unauthorized, answer.Trouble);
        Assert.Contains("/nowhere/credentials", answer.Message, StringComparison.Ordinal);

        FenceMethod noAuthority = _lab.Spec with { CaFile = "/nowhere/ca.pem" };
        answer = await Fence.ReadAsync(Node, noAuthority, Cancel);
        Assert.Equal(FenceTrouble.Untrusted, answer.Trouble);
        Assert.Contains("/nowhere/ca.pem", answer.Message, StringComparison.Ordinal);

        FenceMethod emptyAuthority = _lab.Spec with { CaFile = _lab.Credentials };
        Assert.Equal(FenceTrouble.Untrusted, (await Fence.ReadAsync(Node, emptyAuthority, Cancel)).Trouble);
    }

    [Fact]
    public async Task Without_a_pinned_authority_the_systems_own_decide()
    {
        PowerAnswer answer = await Fence.ReadAsync(Node, _lab.Spec with { CaFile = null }, Cancel);

        Assert.Equal(FenceTrouble.Untrusted, answer.Trouble);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unreachable()
    {
        FenceMethod nobody = _lab.Spec with { Url = "https://127.78.1.2:1" };

        Assert.Equal(FenceTrouble.Unreachable, (await Fence.ReadAsync(Node, nobody, Cancel)).Trouble);
    }

    [Fact]
    public async Task Plain_http_is_refused()
    {
        FenceMethod plain = _lab.Spec with { Url = _lab.Spec.Url!.Replace("https", "http", StringComparison.Ordinal) };

        Assert.Equal(FenceTrouble.Refused, (await Fence.ReadAsync(Node, plain, Cancel)).Trouble);
        Assert.Equal(0, _lab.Connections);
    }

    [Theory]
    [InlineData(200, "not json")]
    [InlineData(200, "")]
    [InlineData(200, "[1, 2]")]
    [InlineData(500, "{\"error\": {\"message\": \"on fire\"}}")]
    [InlineData(404, "{\"error\": 7}")]
    [InlineData(302, "")]
    public async Task Answers_that_Redfish_does_not_allow_are_refused(int status, string body)
    {
        await using var bmc = new ScriptedBmc(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "https://127.0.0.1:1/elsewhere";
            return http.Response.WriteAsync(body);
        });

        PowerAnswer answer = await Fence.OffAsync(Node, bmc.Spec, Cancel);

        Assert.Equal((PowerState.Unknown, FenceTrouble.Refused), (answer.State, answer.Trouble));
        Assert.Equal(["GET /redfish/v1/Systems/n1"], bmc.Requests);
        Assert.Equal(status == 500, answer.Message.Contains("on fire", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_the_end()
    {
        await using var bmc = new ScriptedBmc(async http =>
        {
            byte[] block = new byte[64 << 10];
            for (int i = 0; i < 100 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(block);
            }
        });

        Assert.Equal(FenceTrouble.Refused, (await Fence.ReadAsync(Node, bmc.Spec, Cancel)).Trouble);
    }

    [Theory]
    [InlineData("\"PoweringOff\"")]
    [InlineData("\"PoweringOn\"")]
    [InlineData("\"off\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task A_state_that_is_neither_On_nor_Off_is_unknown(string stated)
    {
        await using var bmc = new ScriptedBmc(http => http.Response.WriteAsync(
            $$"""{"UUID": "{{ScriptedBmc.Uuid}}", "PowerState": {{stated}}}"""));

        Assert.Equal(PowerAnswer.Of(PowerState.Unknown), await Fence.ReadAsync(Node, bmc.Spec, Cancel));
    }

    [Fact]
    public async Task A_system_that_states_no_UUID_is_the_wrong_machine()
    {
        await using var bmc = new ScriptedBmc(http => http.Response.WriteAsync("""{"PowerState": "On"}"""));

        Assert.Equal(FenceTrouble.WrongMachine, (await Fence.OffAsync(Node, bmc.Spec, Cancel)).Trouble);
        Assert.Single(bmc.Requests);
    }

    [Theory]
    [InlineData(StatusCodes.Status503ServiceUnavailable, FenceTrouble.Refused)]
    [InlineData(0, FenceTrouble.Unreachable)]
    public async Task An_order_that_failed_on_its_way_tells_what_was_stated_before_it(int status, FenceTrouble trouble)
    {
        await using var bmc = new ScriptedBmc(http =>
        {
            if (http.Request.Method != "POST")
            {
                return http.Response.WriteAsync($$"""{"UUID": "{{ScriptedBmc.Uuid}}", "PowerState": "On"}""");
            }

            if (status == 0)
            {
                http.Abort();
                return Task.CompletedTask;
            }

            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        PowerAnswer answer = await Fence.OffAsync(Node, bmc.Spec, Cancel);

        Assert.Equal((trouble, PowerState.On), (answer.Trouble, answer.State));
    }

    [Theory]
    [InlineData("/vendor/reset", "POST /vendor/reset")]
    [InlineData("https://127.0.0.1:1/reset", "POST /redfish/v1/Systems/n1/Actions/ComputerSystem.Reset")]
    [InlineData("//127.0.0.1:1/reset", "POST /redfish/v1/Systems/n1/Actions/ComputerSystem.Reset")]
    public async Task An_order_goes_to_the_stated_target_but_to_no_other_host(string target, string expected)
    {
        await using var bmc = new ScriptedBmc(http =>
        {
            if (http.Request.Method == "POST")
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            }

            return http.Response.WriteAsync(
                $$"""
                {
                    "UUID": "{{ScriptedBmc.Uuid}}",
                    "PowerState": "On",
                    "Actions": { "#ComputerSystem.Reset": { "target": "{{target}}" } }
                }
                """);
        });

        Assert.Equal(FenceTrouble.None, (await Fence.OffAsync(Node, bmc.Spec, Cancel)).Trouble);
        Assert.Equal(expected, bmc.Requests[^1]);
    }
}
