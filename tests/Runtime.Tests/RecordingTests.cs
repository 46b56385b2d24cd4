using System.Collections.Immutable;
using System.Text;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Model;
using Havm.Runtime.Recording;

namespace Havm.Runtime.Tests;

/// <summary>What a controller records, and what deciding it again says.</summary>
public sealed class RecordingTests : IDisposable
{
    /// <summary>Lived once, and looked at by each test in a copy of its own.</summary>
    private static readonly Lazy<Task<byte[]>> Lived = new(LiveAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("havm-recording-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_controller_with_nodes_that_come_fall_silent_and_end_their_streams_is_decided_again_alike()
    {
        await LivedAsync();

        var file = Assert.Single(Replayed());

        Assert.Equal(("started", "havm 1.2.3", 0L), (file.Why, file.Product, file.TornBytes));
        Assert.Empty(file.Differences);
        Assert.True(file.Steps > 5, $"{file.Steps} steps");
        Assert.Contains("\"nodeMoved\"", await TextAsync(file.Path));
        Assert.Contains("\"is\":\"streamEnded\"", await TextAsync(file.Path));
        Assert.Contains("\"quiet\"", await TextAsync(file.Path));
    }

    [Fact]
    public async Task Beats_that_tell_another_reach_of_the_network_each_time_are_kept_in_short()
    {
        await using (var rig = await RunnerRig.OfAsync(1, recording: Settings()))
        {
            var one = await rig.WardenAsync("n1");
            one.LongLease = LongLeaseSeen.Nothing;
            for (var beat = 0; beat < 40; beat++)
            {
                one.Beat();
                await Until.TrueAsync("it is answered", () => one.IsAnswered);
            }

            await rig.ApplyAsync([new(new Metadata { Name = "r9" }, new RackSpec())]);
        }

        var last = (await TextAsync(Assert.Single(Replayed()).Path)).Split('\n')
            .Last(line => line.Contains("\"r9\"", StringComparison.Ordinal));
        Assert.Contains("\"quiet\"", last);
        Assert.InRange(last.Split("\"is\":\"wardenBeatHeard\"").Length - 1, 0, 2);
    }

    [Fact]
    public async Task A_step_that_lies_differs_where_it_lies_and_nowhere_after()
    {
        await LivedAsync();
        var path = Assert.Single(Replayed()).Path;

        var file = Replay.Of(path, (cluster, inputs, now, wall) =>
        {
            var decision = Controller.Step(cluster, inputs, now, wall);
            return decision.Changes.OfType<NodeBooted>().Any(booted => booted.Name == new NodeName("n2"))
                ? decision with { Events = [], Commands = [] }
                : decision;
        });

        var difference = Assert.Single(file.Differences);
        Assert.Contains(difference.Recorded, line => line.StartsWith("event ") && line.Contains("Node/n2"));
        Assert.DoesNotContain(difference.Now, line => line.StartsWith("event "));
        Assert.Contains("wardenBeatHeard", difference.Inputs);
    }

    [Fact]
    public async Task A_change_that_is_left_out_shows_as_a_record_and_the_next_step_goes_on_from_what_was_recorded()
    {
        await LivedAsync();
        var path = Assert.Single(Replayed()).Path;

        var file = Replay.Of(path, (cluster, inputs, now, wall) =>
        {
            var decision = Controller.Step(cluster, inputs, now, wall);
            return decision.Changes.OfType<NodeBooted>().Any(booted => booted.Name == new NodeName("n1"))
                ? new Decision { After = cluster }
                : decision;
        });

        var difference = Assert.Single(file.Differences);
        Assert.Contains(difference.Recorded, line => line.StartsWith("record node/n1 "));
        Assert.Empty(difference.Now);
    }

    [Fact]
    public async Task A_record_that_was_cut_off_is_told_and_the_others_are_decided()
    {
        await LivedAsync();
        var whole = Assert.Single(Replayed());
        var bytes = await File.ReadAllBytesAsync(whole.Path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(whole.Path, bytes[..^20], TestContext.Current.CancellationToken);

        var torn = Replay.Of(whole.Path);

        Assert.Equal(whole.Steps - 1, torn.Steps);
        Assert.True(torn.TornBytes > 0);
        Assert.Empty(torn.Differences);
        await File.WriteAllBytesAsync(whole.Path, bytes[..30], TestContext.Current.CancellationToken);
        Assert.Equal((null, 30L, 0), (Replay.Of(whole.Path).At, Replay.Of(whole.Path).TornBytes, 0));
    }

    [Theory]
    [InlineData("{}\n", "is no record of this format")]
    [InlineData("hello\n", "is no record of this format")]
    public void What_is_no_recording_is_refused_with_its_line(string text, string reason)
    {
        var path = Path.Join(_folder, "00000001.jsonl");
        File.WriteAllText(path, text);

        var wrong = Assert.Throws<RecordingException>(() => Replay.Of(path));

        Assert.Equal(1, wrong.Line);
        Assert.Contains(reason, wrong.Reason);
    }

    [Fact]
    public async Task A_line_in_the_middle_that_is_no_record_is_refused_not_passed_over()
    {
        await LivedAsync();
        var path = Assert.Single(Replayed()).Path;
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        lines[2] = "{\"step\":";
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);

        Assert.Equal(3, Assert.Throws<RecordingException>(() => Replay.Of(path)).Line);
    }

    [Fact]
    public async Task Files_follow_each_other_each_replays_by_itself_and_the_oldest_goes_when_the_bound_is_reached()
    {
        var settings = Settings(RecordingSettings.Least);
        await using (var recorder = new StepRecorder(settings, _ => { }))
        {
            var picture = Empty();
            var actor = new string('x', 100_000);
            for (var i = 0; i < 150; i++)
            {
                // The loop is as slow as its disk here, so that no step is lost.
                await Until.TrueAsync("the writer keeps up", () => recorder.Backlog < 8);
                ImmutableArray<Input> inputs = [new CordonOrder(i, new NodeName("none"), true, actor)];
                var now = Instant.FromSeconds(i);
                var decision = Controller.Step(picture, inputs, now, default);
                recorder.Step(picture, inputs, now, default, decision);
                picture = decision.After;
            }
        }

        var files = Replayed();
        var size = Directory.GetFiles(_folder).Sum(path => new FileInfo(path).Length);
        Assert.InRange(size, settings.Bound / 2, settings.Bound);
        Assert.True(files.Count > 4, $"{files.Count} files");
        Assert.False(File.Exists(Path.Join(_folder, "00000001.jsonl")));
        Assert.All(files, file =>
        {
            Assert.Equal("full", file.Why);
            Assert.Empty(file.Differences);
            Assert.True(file.Steps > 0);
        });
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_told_once_and_stops_nobody()
    {
        var told = new List<Reason>();
        var file = Path.Join(_folder, "in-the-way");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using (var recorder = new StepRecorder(new RecordingSettings(file, 8, "havm"), told.Add))
        {
            for (var i = 0; i < 3; i++)
            {
                ImmutableArray<Input> inputs = [new CordonOrder(i, new NodeName("none"), true, "ann")];
                recorder.Step(
                    Empty(), inputs, Instant.Origin, default,
                    Controller.Step(Empty(), inputs, Instant.Origin, default));
            }
        }

        Assert.Equal("stopped", Assert.Single(told).Code);
    }

    [Fact]
    public async Task What_has_no_form_to_be_written_in_is_told_and_stops_nobody()
    {
        var told = new List<Reason>();
        await using (var recorder = new StepRecorder(Settings(), told.Add))
        {
            for (var i = 0; i < 3; i++)
            {
                var decision = Controller.Step(Empty(), [], Instant.Origin, default);
                recorder.Step(Empty(), [new Unheardof()], Instant.Origin, default, decision);
            }
        }

        Assert.Equal(("recording", "stopped"), (Assert.Single(told).Decider, told[0].Code));
        Assert.Equal(0, Assert.Single(Replayed()).Steps);
    }

    /// <summary>Of no kind that a recording knows.</summary>
    private sealed record Unheardof : Input;

    [Fact]
    public async Task Quiet_time_is_not_written()
    {
        await using (var recorder = new StepRecorder(Settings(), _ => { }))
        {
            var picture = Empty();
            for (var i = 0; i < 1000; i++)
            {
                var now = Instant.FromSeconds(i / 10.0);
                var decision = Controller.Step(picture, [], now, default);
                recorder.Step(picture, [], now, default, decision);
                picture = decision.After;
            }
        }

        Assert.Equal(1, Assert.Single(Replayed()).Steps);
    }

    private static async Task<byte[]> LiveAsync()
    {
        var folder = Directory.CreateTempSubdirectory("havm-recording-").FullName;
        await LiveAsync(new RecordingSettings(folder, RecordingSettings.Default, "havm 1.2.3"));
        var lived = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder)));
        Directory.Delete(folder, recursive: true);
        return lived;
    }

    private async Task LivedAsync() => await File.WriteAllBytesAsync(
        Path.Join(_folder, "00000001.jsonl"), await Lived.Value, TestContext.Current.CancellationToken);

    /// <summary>
    /// Two nodes join, one falls silent until it is lost and speaks again, the other's stream ends; beats come all the
    /// while, some during a slow commit.
    /// </summary>
    private static async Task LiveAsync(RecordingSettings settings)
    {
        await using var rig = await RunnerRig.OfAsync(2, recording: settings);
        var one = await rig.WardenAsync("n1");
        var two = await rig.WardenAsync("n2");
        await Until.TrueAsync("n2 is lost", () =>
        {
            one.Beat();
            return rig.Runner.Committed.Ledger.Nodes[new NodeName("n2")].Phase == Core.Records.NodePhase.Lost;
        });
        rig.Slow.Hold();
        two.Beat(watchdog: true);
        await Until.TrueAsync("a commit waits and n1 is answered meanwhile", () =>
        {
            one.Beat();
            return rig.Slow.Waiting > 0 && one.IsAnswered;
        });
        rig.Slow.Release();
        await Until.TrueAsync("n2 is up", () =>
        {
            two.Beat(watchdog: true);
            return rig.Runner.Committed.Ledger.Nodes[new NodeName("n2")].Phase == Core.Records.NodePhase.Up;
        });
        rig.Runner.Nodes.Closed(two);
        await Until.TrueAsync("the end of its stream is heard", () =>
            rig.Runner.Committed.HeardOf(new NodeName("n2")).Warden.BrokenAt is not null);
        await rig.ApplyAsync([new(new Metadata { Name = "r9" }, new RackSpec())]);
    }

    private RecordingSettings Settings(int mebibytes = RecordingSettings.Default) =>
        new(_folder, mebibytes, "havm 1.2.3");

    private List<ReplayedFile> Replayed() =>
        [.. Directory.GetFiles(_folder, "*.jsonl").Order().Select(path => Replay.Of(path))];

    private static Cluster Empty()
    {
        var ledger = new Core.Records.Ledger { ClusterName = "lab" };
        return new Cluster { Ledger = ledger, Office = Office.Take(ledger, new Epoch(1), "life", Instant.Origin) };
    }

    private static async Task<string> TextAsync(string path) =>
        Encoding.UTF8.GetString(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
}
