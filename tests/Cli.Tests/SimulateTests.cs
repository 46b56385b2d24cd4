namespace Havm.Cli.Tests;

/// <summary>`havm simulate` and `havm conformance` as a person or a script sees them; no controller is asked.</summary>
public sealed class SimulateTests : IDisposable
{
    private const string Nowhere = "/nowhere/havm.sock";

    private static readonly string Examples =
        Path.Combine(Executable.Repository(), "tests/data/scenarios/examples");

    private readonly string _folder = Directory.CreateTempSubdirectory("havm-simulate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Conformance_plays_a_folder_and_skips_by_name_what_is_not_built()
    {
        string text = await File.ReadAllTextAsync(
            Example("isolated-node-is-fenced-then-recovered"), TestContext.Current.CancellationToken);
        await WriteAsync("good.yaml", text);
        Directory.CreateDirectory(Path.Combine(_folder, "inner"));
        await WriteAsync("inner/strange.yaml", text
            .Replace("name: isolated-node-is-fenced-then-recovered", "name: strange")
            .Replace("tags:", "needs: [no-such-thing]\ntags:"));

        Run run = await Executable.RunAsync(Nowhere, "conformance", _folder);

        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Contains("passed   isolated-node-is-fenced-then-recovered", run.Lines);
        Assert.Contains("skipped  strange: needs no-such-thing", run.Lines);
        Assert.Matches("^[0-9]+ passed, 0 failed, [0-9]+ skipped$", run.Lines[^1]);
    }

    [Fact]
    public async Task Two_processes_write_the_same_trace_to_the_byte()
    {
        string[] traces = [Path.Combine(_folder, "a.jsonl"), Path.Combine(_folder, "b.jsonl")];
        foreach (string trace in traces)
        {
            Run run = await Executable.RunAsync(
                Nowhere, "simulate", Example("operator-move"), "--trace", trace, "--seed", "11");
            Assert.Equal((0, ""), (run.Exit, run.Error));
            Assert.Equal("passed   operator-move", run.Lines[0]);
            Assert.Matches("^[0-9]+ s lived in [0-9.]+ s, seed 11$", run.Lines[1]);
        }

        byte[] first = await File.ReadAllBytesAsync(traces[0], TestContext.Current.CancellationToken);
        Assert.NotEmpty(first);
        Assert.Equal(first, await File.ReadAllBytesAsync(traces[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_skipped_scenario_says_what_it_needs_and_ends_with_one()
    {
        string text = await File.ReadAllTextAsync(
            Example("freeze-holds-everything"), TestContext.Current.CancellationToken);
        await WriteAsync("strange.yaml", text.Replace("needs: [pause]", "needs: [no-such-thing]"));

        Run run = await Executable.RunAsync(Nowhere, "simulate", Path.Combine(_folder, "strange.yaml"));

        Assert.Equal((1, "skipped  freeze-holds-everything: needs no-such-thing\n"), (run.Exit, run.Out));
    }

    [Fact]
    public async Task A_promise_that_is_not_kept_ends_with_one_and_a_bad_file_counts_as_failed_in_its_folder()
    {
        string text = await File.ReadAllTextAsync(
            Example("isolated-node-is-fenced-then-recovered"), TestContext.Current.CancellationToken);
        await WriteAsync("good.yaml", text);
        await WriteAsync("late.yaml", text.Replace("recovery-within: 123s", "recovery-within: 3s"));
        await WriteAsync("worse.yaml", text.Replace("isolate: node3", "isolate: node4"));

        Run late = await Executable.RunAsync(Nowhere, "simulate", Path.Combine(_folder, "late.yaml"));
        Run all = await Executable.RunAsync(Nowhere, "conformance", _folder);

        Assert.Equal(1, late.Exit);
        Assert.Contains("expect recovery-within 3 s: vm-103 took", late.Out);
        Assert.Equal((1, "1 passed, 2 failed, 0 skipped"), (all.Exit, all.Lines[^1]));
        Assert.Contains("worse.yaml:17:20", all.Error);
    }

    [Theory]
    [InlineData("simulate /no/such.yaml", "does not exist")]
    [InlineData("conformance /no/such", "is no folder")]
    [InlineData("simulate FILE --set world.bot=1s", "did you mean \"world.boot\"?")]
    [InlineData("simulate FILE --set liveness.lostAfter=1s", "less than 2s")]
    [InlineData("simulate FILE --seed many", "\"many\" is no whole")]
    public async Task Wrong_use_ends_with_two_and_a_remedy(string command, string text)
    {
        Run run = await Executable.RunAsync(
            Nowhere, [.. command.Split(' ').Select(word => word == "FILE" ? Example("operator-move") : word)]);

        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains(text, run.Error);
    }

    [Fact]
    public async Task Every_error_of_a_bad_scenario_is_told_with_its_file_line_and_column()
    {
        string bad = await WriteAsync("bad.yaml", "schema: havm-scenario/1\nname: x\nnodes: {n: {cpu: -1}}\nvms: {}\n");

        Run run = await Executable.RunAsync(Nowhere, "simulate", bad);

        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains($"({bad}:3:18)", run.Error);
        Assert.Contains("steps", run.Error);
    }

    private static string Example(string name) => Path.Combine(Examples, name + ".yaml");

    private async Task<string> WriteAsync(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
