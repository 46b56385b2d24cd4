using System.Security.Cryptography;
using Havm.Lab.Client;
using Havm.Lab.Demo;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Running;
using Havm.Lab.Tests.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// One lab with the product's own processes and the example's guests for all tests of a class: starting one costs half
/// a minute. Each test leaves it whole, and the observer watches over all of them.
/// </summary>
public sealed class GuestLab : IAsyncLifetime
{
    private const int WholeSeconds = 100;
    private const int GlanceSeconds = 3;
    private const int LinesTold = 80;
    private const string Calm = "automatic: false";

    private LabClient? _client;
    private NeverTwoObserver? _observer;
    private DemoStage? _stage;
    private bool _waitedInVain;

    public string Name { get; } = "g" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4);

    public string Directory => $"{Path.GetTempPath().TrimEnd('/')}/havm-{Name}";

    public LabPlan Plan => LabRecord.Plan(Name);

    public LabClient Client => _client!;

    public NeverTwoObserver Observer => _observer!;

    internal DemoStage Stage => _stage!;

    public async ValueTask InitializeAsync()
    {
        if (GuestImage.Missing is not null)
        {
            return;
        }

        await DoAsync("up", "--dir", Directory, "--images", GuestImage.Directory!);
        _client = new LabClient(Plan.Paths.ApiSocket);
        _observer = new NeverTwoObserver(Plan);
        _stage = new DemoStage(Plan, _client, _observer);
        var start = new ClusterStart(Plan, _client);
        await start.ConnectAsync(default);
        await ApplyAsync("");
        await start.ApplyAsync(default);
        await start.ReadyAsync(default);
    }

    /// <summary>A verb on this lab that must succeed.</summary>
    public async Task<string> DoAsync(params string[] words)
    {
        var (code, output, error) = await TestLab.TryAsync([.. words, "--name", Name]);
        Assert.True(code == 0, $"havm-lab {string.Join(' ', words)} ended with {code}: {error}");
        return output;
    }

    /// <summary>The program that an operator has, on this lab.</summary>
    internal Task<string> HavmAsync(params string[] words) =>
        Tool.RunAsync(Plan.Commands.Doctor, [.. words, "--socket", Plan.Paths.ApiSocket]);

    /// <summary>
    /// Every node up, every guest ready, nothing open: where each test begins and ends. Once it was waited for in vain,
    /// only a look is given to it: a lab that stays broken would cost each test after it the whole wait.
    /// </summary>
    internal async Task<Snapshot> WholeAsync()
    {
        if (_waitedInVain)
        {
            return await GlanceAsync();
        }

        _waitedInVain = true;
        var whole = await ToldAsync(() => Stage.WholeAsync(WholeSeconds, TestContext.Current.CancellationToken));
        _waitedInVain = false;
        return whole;
    }

    private async Task<Snapshot> GlanceAsync()
    {
        try
        {
            var whole = await Stage.WholeAsync(GlanceSeconds, TestContext.Current.CancellationToken);
            _waitedInVain = false;
            return whole;
        }
        catch (LabFailure broken)
        {
            throw new LabFailure($"an earlier test left this lab broken: {broken.Message}");
        }
    }

    /// <summary>What is waited for; if it does not come, the ends of the logs are told before they are gone.</summary>
    internal async Task<Snapshot> ToldAsync(Func<Task<Snapshot>> wait)
    {
        try
        {
            return await wait();
        }
        catch (LabFailure)
        {
            foreach (var log in new[] { Plan.Paths.ControllerLog, Plan.Paths.ChassisLog })
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"== {Path.GetFileName(log)}");
                foreach (var line in (LabFiles.ReadText(log) ?? "").TrimEnd().Split('\n').TakeLast(LinesTold))
                {
                    TestContext.Current.TestOutputHelper?.WriteLine(line);
                }
            }

            throw;
        }
    }

    /// <summary>These are the very processes they were, and nothing ever ran twice.</summary>
    internal void AssertUntouched(IReadOnlyDictionary<string, QemuProcess> before, IEnumerable<string> names)
    {
        Stage.Begin();
        Stage.CheckUntouched(before, names);
        Assert.All(Stage.Checks, check => Assert.True(check.Passed, check.What));
        Assert.Empty(Observer.Violations);
    }

    /// <summary>A policy for as long as the answer is not disposed of.</summary>
    /// <param name="spec">Below spec, in YAML's flow form without the outer braces.</param>
    /// <param name="nodeLife">Below spec.nodeLife, likewise; nothing is concluded by itself unless it says so.</param>
    internal async Task<IAsyncDisposable> PolicyAsync(string spec, string nodeLife = Calm)
    {
        await ApplyAsync(spec + ", ", nodeLife);
        return new Lifted(this);
    }

    /// <summary>
    /// Tests share this lab: what one did to a node is not to be held against it in the next, minutes later.
    /// </summary>
    private Task ApplyAsync(string spec, string nodeLife = Calm) => Client.ApplyAsync(
        "{apiVersion: havm/v1, kind: Policy, metadata: {name: default}, "
            + $"spec: {{{spec}nodeLife: {{{nodeLife}}}}}}}",
        default);

    /// <summary>A node's cable, cut for as long as the answer is not disposed of.</summary>
    internal async Task<IAsyncDisposable> CutAsync(string node)
    {
        await DoAsync("cut", node);
        return new Mended(this, node);
    }

    private sealed class Mended(GuestLab lab, string node) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await lab.DoAsync("heal", node);
    }

    private sealed class Lifted(GuestLab lab) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await lab.ApplyAsync("");
    }

    public async ValueTask DisposeAsync()
    {
        if (_observer is not null)
        {
            await _observer.DisposeAsync();
        }

        _client?.Dispose();
        if (LabRecord.Find(Name) is not null)
        {
            await DoAsync("down");
        }
    }
}

/// <summary>Labs with guests run alone: emulated guests beside them would make each other late.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GuestsAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "guests";
}

/// <summary>
/// A lab of their own for kills at random: they use up what hosts may repair in place, so that the next fault there is
/// rightly handed on, and a test that expects a repair would see a move.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KilledAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "kills";
}

/// <summary>
/// A lab of their own for nodes that must be fenced: a lab whose earlier tests have had nodes fenced holds the next
/// order back, as the guard of the fence rate is to do.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FencedAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "fences";
}

/// <summary>
/// And one more for nodes that are fenced after a long time of being spared: two are all that one lab lets be fenced
/// within ten minutes.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SparedAlone : ICollectionFixture<GuestLab>
{
    public const string Name = "spared";
}
