using System.Diagnostics;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>The agent as a process with real children.</summary>
public sealed class AgentEndToEndTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.2);
    private static readonly RestartSpec AtOnce = new([TimeSpan.Zero], 5);

    private static ConfigureMessage Configure(string script, ProbeSpec? probe = null, long generation = 1) =>
        new("web-0", generation, new RoleSpec("web", ["/bin/sh", "-c", script], null, probe, AtOnce), Beat);

    private static ProbeSpec FileProbe(string file) => new(
        ProbeKind.Command, Command: ["test", "-e", file], Period: TimeSpan.FromSeconds(0.1), Misses: 2);

    [Fact]
    public async Task A_role_is_ready_once_and_a_crash_restarts_it()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        Assert.Null(((HelloMessage)(await agent.Until(m => m is HelloMessage))[0]).Instance);
        await agent.Send(Configure("echo $HAVM_INSTANCE/$HAVM_GENERATION >\"$OUT\"; exec sleep 1000".Replace(
            "$OUT", Path.Combine(agent.Folder, "who"))));
        await agent.Until(m => m is ReadyMessage);
        int first = agent.RoleProcess;
        Process.GetProcessById(first).Kill();
        IReadOnlyList<GuestMessage> heard = await agent.UntilRole(role => role is { Restarts: 1, Ready: true });
        heard = [.. heard, .. await agent.Until(m => m is BeatMessage { Ready: true })];
        Assert.DoesNotContain(heard, m => m is ReadyMessage);
        Assert.Equal(137, ((BeatMessage)heard[^1]).Role!.ExitCode);
        Assert.NotEqual(first, agent.RoleProcess);
        Assert.Equal("web-0/1", File.ReadAllText(Path.Combine(agent.Folder, "who")).Trim());
    }

    [Fact]
    public async Task What_a_role_writes_last_is_told_before_its_end_also_when_it_writes_much()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        string once = Path.Combine(agent.Folder, "once");
        await agent.Send(Configure(
            $"test -e {once} && exec sleep 1000; : >{once}; seq 1 20000; echo no room left >&2; exit 3"));

        IReadOnlyList<GuestMessage> heard = await agent.UntilRole(role => role.ExitCode == 3);

        RoleLogMessage told = heard.OfType<RoleLogMessage>().Last();
        Assert.Equal(["19999", "20000", "no room left"], told.Lines.TakeLast(3));
        Assert.Equal(64, told.Lines.Count);
        await agent.UntilRole(role => role is { Restarts: 1, Ready: true });
    }

    [Fact]
    public async Task A_role_whose_probe_fails_is_restarted()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        string healthy = Path.Combine(agent.Folder, "healthy");
        await agent.Send(Configure($": >{healthy}; exec sleep 1000", FileProbe(healthy)));
        await agent.Until(m => m is ReadyMessage);
        File.Delete(healthy);
        IReadOnlyList<GuestMessage> heard = await agent.UntilRole(role => role is { Restarts: 1, Ready: true });
        Assert.Contains(heard, m => m is RoleStateMessage { Role: { State: RoleState.Unhealthy, Ready: false } });
    }

    [Fact]
    public async Task The_same_configuration_again_leaves_the_role_alone()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        await agent.Send(Configure("exec sleep 1000"));
        await agent.Until(m => m is ReadyMessage);
        int process = agent.RoleProcess;
        await agent.Send(Configure("exec sleep 1000"));
        await agent.Send(Configure("exec sleep 1000", generation: 2));
        await agent.Send(new PingMessage(42));
        IReadOnlyList<GuestMessage> heard = await agent.Until(m => m is PongMessage { Id: 42 });
        Assert.Contains(heard, m => m is HelloMessage { Generation: 2 });
        Assert.DoesNotContain(heard, m => m is RoleStateMessage);
        Assert.Equal(process, agent.RoleProcess);
    }

    [Fact]
    public async Task A_host_that_hangs_up_and_comes_back_finds_the_role_as_it_was()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        await agent.Send(Configure("exec sleep 1000"));
        await agent.Until(m => m is ReadyMessage);
        int process = agent.RoleProcess;
        agent.HangUp();
        await agent.Accept();
        IReadOnlyList<GuestMessage> heard = await agent.Until(m => m is BeatMessage);
        Assert.Equal(("web-0", 1), heard.OfType<HelloMessage>().Select(m => (m.Instance, m.Generation)).Single());
        Assert.Single(heard.OfType<ReadyMessage>());
        Assert.Equal(process, agent.RoleProcess);
    }

    [Fact]
    public async Task Shutdown_ends_even_a_role_that_ignores_it_and_powers_off()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        string deaf = Path.Combine(agent.Folder, "deaf");
        await agent.Send(Configure($"trap '' TERM; : >{deaf}; while :; do sleep 1; done", FileProbe(deaf)));
        await agent.Until(m => m is ReadyMessage);
        await agent.Send(new ShutdownMessage(TimeSpan.FromSeconds(0.3)));
        await agent.UntilRole(role => role is { State: RoleState.Stopped, ExitCode: 137 });
        Assert.Equal(0, await agent.End());
        Assert.True(SpinWait.SpinUntil(() => File.Exists(agent.PoweredOff), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_agent_after_a_crash_kills_the_role_that_the_first_one_left()
    {
        await using var agent = new AgentUnderTest();
        await agent.Accept();
        await agent.Send(Configure("exec sleep 1000"));
        await agent.Until(m => m is ReadyMessage);
        using var orphan = Process.GetProcessById(agent.RoleProcess);
        agent.Crash();
        await agent.End();
        Assert.False(orphan.HasExited);
        using Process second = Process.Start(
            AgentUnderTest.Program, ["--port", Path.Combine(agent.Folder, "nobody"), "--state", agent.State]);
        Assert.True(orphan.WaitForExit(TimeSpan.FromSeconds(30)));
        second.Kill();
        await second.WaitForExitAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("--prot", "x")]
    [InlineData("--beat", "0")]
    [InlineData("--port")]
    [InlineData("disk-writer")]
    public async Task A_bad_command_line_ends_with_2_and_the_usage(params string[] words)
    {
        using Process agent = Process.Start(new ProcessStartInfo(AgentUnderTest.Program, words)
        {
            RedirectStandardError = true,
        })!;
        string text = await agent.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, agent.ExitCode);
        Assert.Contains("--device", text);
    }

    [Fact]
    public async Task A_program_reads_what_is_planned_over_http_and_approves_it()
    {
        int port = FreePort();
        await using var agent = new AgentUnderTest("--metadata", $"127.0.0.1:{port}");
        await agent.Accept();
        await agent.Send(Configure("exec sleep 1000") with
        {
            Notice = new NoticeSpec("e-1", NoticeType.Reboot, TimeSpan.FromMinutes(1), NoticeSource.User, "by order"),
        });
        await agent.Until(m => m is ReadyMessage);
        var cancel = TestContext.Current.CancellationToken;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Add("Metadata", "true");
        const string Events = "/metadata/scheduledevents?api-version=2020-07-01";

        // More at a time than it holds: whoever is slow gives way, and the rest are answered.
        using var silent = new System.Net.Sockets.TcpClient("127.0.0.1", port);
        string[] read = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.GetStringAsync(Events, cancel)));
        using var refused = await client.GetAsync("/metadata/scheduledevents", cancel);
        using var approved = await client.PostAsync(
            Events, new StringContent("""{"StartRequests":[{"EventId":"e-1"}]}"""), cancel);

        Assert.All(read, text => Assert.Contains("\"EventId\":\"e-1\"", text));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, approved.StatusCode);
        await agent.Until(m => m is NoticesMessage { Read: true, Approved: "e-1" });
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
