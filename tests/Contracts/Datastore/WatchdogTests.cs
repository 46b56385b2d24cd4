using System.Net.Sockets;
using System.Text;
using Havm.Datastore;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Datastore;

/// <summary>The watchdog behind a datagram socket, its other end played by the test.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly string _path = Path.Join(Path.GetTempPath(), $"havm-dog-{Guid.NewGuid():N}.sock");
    private Socket? _dog;

    public void Dispose()
    {
        _dog?.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task The_first_feeding_arms_and_the_next_ones_feed()
    {
        Appear();
        await using var watchdog = Make();
        Assert.False(watchdog.Armed);

        watchdog.Feed();
        watchdog.Feed();

        Assert.True(watchdog.Armed);
        Assert.Equal(["arm 5", "feed"], Heard());
    }

    [Fact]
    public async Task One_that_is_not_there_is_not_armed_and_is_tried_again()
    {
        await using var watchdog = Make();
        watchdog.Feed();
        Assert.False(watchdog.Armed);

        Appear();
        watchdog.Feed();

        Assert.True(watchdog.Armed);
        Assert.Equal(["arm 5"], Heard());
    }

    [Fact]
    public async Task One_that_restarted_is_told_its_time_again()
    {
        Appear();
        await using var watchdog = Make();
        watchdog.Feed();
        _dog!.Dispose();
        File.Delete(_path);
        watchdog.Feed();
        Assert.False(watchdog.Armed);

        Appear();
        watchdog.Feed();

        Assert.Equal(["arm 5"], Heard());
    }

    [Fact]
    public async Task Letting_go_leaves_it_armed_and_only_disarming_puts_it_to_sleep()
    {
        Appear();
        await using (var first = Make())
        {
            first.Feed();
        }

        Assert.Equal(["arm 5"], Heard());
        await using var second = Make();
        second.Disarm();
        Assert.False(second.Armed);
        Assert.Equal(["disarm"], Heard());
    }

    [Fact]
    public async Task A_full_socket_never_blocks_the_feeder()
    {
        Appear();
        await using var watchdog = Make();

        for (int i = 0; i < 10_000; i++)
        {
            watchdog.Feed();
        }

        Assert.NotEmpty(Heard());
    }

    [Fact]
    public async Task A_node_without_one_is_never_armed()
    {
        await using var none = Watchdogs.At(null, TimeSpan.Zero);

        none.Feed();

        Assert.False(none.Armed);
    }

    [Fact]
    public void A_device_is_armed_as_a_device_and_refused_when_it_takes_no_time_out()
    {
        // A device that is no watchdog. Taken for a socket, it would never be armed, and nobody would hear why.
        var refused = Assert.Throws<IOException>(() => Watchdogs.At("/dev/zero", TimeSpan.FromSeconds(5)));

        Assert.Contains("/dev/zero: does not take a time-out of 5 s", refused.Message);
    }

    private IWatchdog Make() => Watchdogs.At(_path, TimeSpan.FromSeconds(5));

    private void Appear()
    {
        _dog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _dog.Bind(new UnixDomainSocketEndPoint(_path));
    }

    private List<string> Heard()
    {
        var words = new List<string>();
        byte[] buffer = new byte[64];
        while (_dog!.Available > 0)
        {
            words.Add(Encoding.ASCII.GetString(buffer, 0, _dog.Receive(buffer)));
        }

        return words;
    }
}
