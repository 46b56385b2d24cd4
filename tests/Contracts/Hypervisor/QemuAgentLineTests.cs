using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Havm.Hypervisor.Qemu.Guest;
using Havm.Model;

namespace Havm.Contracts.Hypervisor;

/// <summary>An agent that answers late, half or with nonsense, as a port without connections makes it look.</summary>
public sealed class QemuAgentLineTests : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(8);

    private readonly string _path = $"/tmp/hvqga-{Guid.NewGuid():N}.sock";
    private readonly SignRecorder _signs = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private QemuAgentPort? _port;
    private NetworkStream? _stream;
    private StreamReader? _reader;
    private long _number;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_port is { } port)
        {
            await port.DisposeAsync();
        }

        _reader?.Dispose();
        _listener.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task An_answer_to_an_earlier_question_is_not_taken_for_this_ones()
    {
        await OpenAsync(Short);
        long first = await AskedSyncAsync();
        long second = await AskedSyncAsync();
        Assert.NotEqual(first, second);

        // Late, then half, then the agent's complaint of the half line that it met; and the answer at last.
        await SayAsync($$"""{"return":{{first}}}""", delimited: true);
        await SayAsync("""{"return":{}}""");
        await SayAsync("""{"retu""");
        await SayAsync("""{"error":{"class":"GenericError","desc":"JSON parse error"}}""");
        Assert.Empty(_signs.Kinds);
        await SayAsync($$"""{"return":{{second}}}""", delimited: true);
        Assert.Equal("guest-ping", await AskedAsync());
        Assert.Empty(_signs.Kinds);
        await SayAsync("""{"return":{}}""");

        await _signs.WaitAsync(MachineSignKind.GuestReady);
    }

    [Fact]
    public async Task A_guest_that_does_not_answer_is_never_left_an_order_to_shut_down()
    {
        await OpenAsync(Short);
        await AskedSyncAsync();

        Assert.False(await _port!.AskShutdownAsync(TimeSpan.Zero, Cancel));

        // Whatever it is asked from here on begins with a sync again.
        await AskedSyncAsync();
        await AskedSyncAsync();
    }

    [Fact]
    public async Task A_guest_that_answers_is_asked_to_power_off_and_need_not_answer_that()
    {
        await OpenAsync(Long);
        var asked = _port!.AskShutdownAsync(TimeSpan.Zero, Cancel);
        while (await AskedAsync() is var verb && verb != "guest-shutdown")
        {
            bool isSync = verb == "guest-sync-delimited";
            await SayAsync(isSync ? $$"""{"return":{{_number}}}""" : """{"return":{}}""", isSync);
        }

        Assert.True(await asked);
    }

    [Fact]
    public async Task A_port_that_closes_is_connected_to_again()
    {
        await OpenAsync(Long);
        _reader!.Dispose();

        await AcceptAsync();

        await SayAsync($$"""{"return":{{await AskedSyncAsync()}}}""", delimited: true);
        await AskedAsync();
        await SayAsync("""{"return":{}}""");
        await _signs.WaitAsync(MachineSignKind.GuestReady);
    }

    [Theory]
    [InlineData("""{"\udc00xxxx":1}""")]
    [InlineData("""{"return":"\ud800"}""")]
    [InlineData("""{"return":1e400}""")]
    [InlineData("""["return"]""")]
    public async Task What_no_agent_says_is_dropped_and_the_answer_behind_it_is_heard(string line)
    {
        await OpenAsync(Long);
        long number = await AskedSyncAsync();

        await SayAsync(line, delimited: true);
        await SayAsync($$"""{"return":{{number}}}""", delimited: true);
        Assert.Equal("guest-ping", await AskedAsync());
        await SayAsync("""{"return":{}}""");

        await _signs.WaitAsync(MachineSignKind.GuestReady);
    }

    [Fact]
    public async Task A_guest_that_floods_is_not_listened_to()
    {
        await OpenAsync(Long);
        await AskedSyncAsync();

        await _stream!.WriteAsync(new byte[128 * 1024], Cancel);

        // Its connection is given up, and the next question comes on another.
        await AcceptAsync();
        await AskedSyncAsync();
    }

    private async Task OpenAsync(TimeSpan patience)
    {
        _port = new QemuAgentPort(
            _path, Beat, patience, sign => _signs.Happened(new InstanceName("vm1"), new Generation(1), sign));
        await AcceptAsync();
    }

    private async Task AcceptAsync()
    {
        _stream = new NetworkStream(await _listener.AcceptAsync(Cancel), ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    private async Task<long> AskedSyncAsync()
    {
        Assert.Equal("guest-sync-delimited", await AskedAsync());
        return _number;
    }

    /// <summary>The next question's verb; a sync's number is kept.</summary>
    private async Task<string?> AskedAsync()
    {
        string line = (await _reader!.ReadLineAsync(Cancel))!;
        using var question = JsonDocument.Parse(line.TrimStart('\u00ff'));
        if (question.RootElement.TryGetProperty("arguments", out var arguments)
            && arguments.TryGetProperty("id", out var id))
        {
            Assert.StartsWith("\u00ff", line, StringComparison.Ordinal);
            _number = id.GetInt64();
        }

        return question.RootElement.GetProperty("execute").GetString();
    }

    private async Task SayAsync(string line, bool delimited = false) =>
        await _stream!.WriteAsync(Encoding.Latin1.GetBytes((delimited ? "\u00ff" : "") + line + "\n"), Cancel);
}
