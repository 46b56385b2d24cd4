using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Http;

namespace Havm.Cli.Tests;

public sealed class CommandLineTests
{
    private const string Nowhere = "/nowhere/havm.sock";

    [Theory]
    [InlineData("aply -f x", "did you mean \"apply\"?")]
    [InlineData("vm lst", "did you mean \"list\"?")]
    [InlineData("vm list --wach", "did you mean \"--watch\"?")]
    [InlineData("node show", "Required argument")]
    [InlineData("vm list -o xml", "Must be one of: 'table' 'json' 'yaml'")]
    [InlineData("apply -f /no/such.yaml", "does not exist")]
    [InlineData("apply -f x --wait --timeout soon", "\"soon\", not a time")]
    [InlineData("schema nodd", "did you mean \"Node\"?")]
    [InlineData("vm lst", "error: havm vm lst\n")]
    [InlineData("schema nodd", "error: kind nodd\n")]
    [InlineData("service scale shop web two", "reason: \"two\" is no whole number\n")]
    [InlineData("service scale shop web -1", "reason: -1 instances are out of bounds: write 0 to 1000\n")]
    [InlineData("event list --after x", "reason: \"x\" is no whole number\n")]
    public async Task Wrong_usage_ends_with_two_and_a_remedy(string command, string text)
    {
        Run run = await Executable.RunAsync(Nowhere, command.Split(' '));
        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains(text, run.Error);
        Assert.Matches("^error: .*\n  reason: .*\n  remedy: .*\n$", run.Error);
    }

    [Fact]
    public async Task An_absent_controller_ends_with_three()
    {
        Run run = await Executable.RunAsync(Nowhere, "vm", "list");
        Assert.Equal((3, ""), (run.Exit, run.Out));
        Assert.Contains(
            $"error: controller  {Nowhere}\n  reason: is not reachable: there is no such socket, "
                + "so no controller is running\n",
            run.Error);
    }

    [Fact]
    public async Task A_socket_that_a_controller_left_behind_is_told_as_one_that_nobody_listens_at()
    {
        string left = Path.Combine(Directory.CreateTempSubdirectory("havm-cli").FullName, "havm.sock");
        using (var gone = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            gone.Bind(new UnixDomainSocketEndPoint(left));
        }

        await File.WriteAllTextAsync(left, "", TestContext.Current.CancellationToken);
        Run run = await Executable.RunAsync(left, "vm", "list");
        Directory.Delete(Path.GetDirectoryName(left)!, recursive: true);

        Assert.Equal((3, ""), (run.Exit, run.Out));
        Assert.Contains("nobody listens there, so no controller is running", run.Error);
        Assert.Contains("systemctl start havm-controller", run.Error);
    }

    [Fact]
    public async Task The_socket_option_wins_over_the_environment()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/nodes", Samples.Nodes, ApiJson.Default.ListViewNodeView);
        Run run = await Executable.RunAsync(Nowhere, "node", "list", "--socket", controller.Socket);
        Assert.Equal(0, run.Exit);
    }

    [Fact]
    public async Task Help_names_the_exit_codes()
    {
        Run run = await Executable.RunAsync(Nowhere, "--help");
        Assert.Equal(0, run.Exit);
        Assert.Contains("3 controller unreachable; 4 timed out waiting", run.Out);
    }

    [Fact]
    public async Task Lab_becomes_the_labs_own_process_with_its_arguments_and_exit_code()
    {
        string lab = await LabAsync("echo \"$$|$#|$3\"\nexit 7");
        using Process process = Executable.Start(Nowhere, 80, "lab", "cut", "--name", "a b", "--help");
        string told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.Delete(lab);
        Assert.Equal(($"{process.Id}|4|a b\n", 7), (told, process.ExitCode));
    }

    [Fact]
    public async Task What_may_follow_lab_is_what_the_lab_says_with_options_only_after_a_dash()
    {
        string lab = await LabAsync("echo \"$1 $2\" | tr ' ' '_'\nprintf 'power-off\\npower-on\\n--name\\n'");

        Run asked = await Executable.RunAsync(Nowhere, "[suggest:13]", "havm lab pow ");
        Run verbs = await Executable.RunAsync(Nowhere, "[suggest:12]", "havm lab pow");
        Run options = await Executable.RunAsync(Nowhere, "[suggest:20]", "havm lab power-off --");
        File.Delete(lab);

        Assert.Equal("[suggest:4]_pow_", asked.Lines[0]);
        Assert.Equal(["power-off", "power-on"], verbs.Lines);
        Assert.Equal(["--name"], options.Lines);
    }

    /// <summary>A lab of our own beside the executable.</summary>
    private static async Task<string> LabAsync(string script)
    {
        string lab = Path.Combine(Path.GetDirectoryName(Executable.Havm)!, "havm-lab");
        await File.WriteAllTextAsync(lab, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(lab, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return lab;
    }

    /// <summary>Run from a place of its own: beside a built lab, this would start one.</summary>
    [Fact]
    public async Task A_lab_that_is_not_installed_is_named_with_the_places_it_was_looked_for()
    {
        using var alone = new Alone();
        using Process process = Process.Start(
            new ProcessStartInfo(alone.Havm, ["lab", "status"]) { RedirectStandardError = true })!;
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("error: havm-lab\n  reason: is neither at ", error);
    }

    /// <summary>The command line tool with nothing of Havm around it.</summary>
    private sealed class Alone : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("havm-alone-").FullName;

        public Alone()
        {
            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            {
                File.Copy(file, Path.Combine(_directory, Path.GetFileName(file)));
            }
        }

        public string Havm => Path.Combine(_directory, "havm");

        public void Dispose() => Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_schema_needs_no_controller()
    {
        Run run = await Executable.RunAsync(Nowhere, "schema", "vm");
        Assert.Equal(0, run.Exit);
        Assert.Equal("VirtualMachine", JsonDocument.Parse(run.Out).RootElement.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Events_are_followed_across_a_controller_that_goes_away_without_a_gap_or_a_repeat()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/events?after=0&follow=true", context => SendAsync(context, 1, 2));
        controller.Answer("GET /v1/events?after=2&follow=true", context => SendAsync(context, 3));
        using Process process = Executable.Start(controller.Socket, 120, "event", "watch");
        var seen = new List<string>();
        while (seen.Count < 3
            && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            seen.Add(line.TrimStart().Split(' ')[0]);
        }

        process.Kill();
        Assert.Equal(["1", "2", "3"], seen);
    }

    [Fact]
    public async Task Event_list_prints_a_line_each_with_both_times()
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/events?after=5&follow=false", context => SendAsync(context, 6, 7));
        Run run = await Executable.RunAsync(controller.Socket, "event", "list", "--after", "5");
        Assert.Equal(0, run.Exit);
        Assert.Matches(@"^ +6  2026-03-04 05:05:56Z \(44 s ago\) +nodeSuspect Node/n1: event number 6$", run.Lines[0]);
        Assert.Equal(2, run.Lines.Length);
    }

    [Fact]
    public async Task The_console_is_the_log_of_the_instance()
    {
        string log = Path.GetTempFileName();
        await File.WriteAllTextAsync(log, "Linux version 6.1\nready\n", TestContext.Current.CancellationToken);
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer(
            "GET /v1/instances/db-0", Samples.Instance("db-0", "ready", "n3", 1) with { ConsolePath = log },
            ApiJson.Default.InstanceView);
        Run printed = await Executable.RunAsync(controller.Socket, "vm", "console", "db-0", "--no-follow");
        Assert.Equal((0, "Linux version 6.1\nready\n"), (printed.Exit, printed.Out));

        using Process process = Executable.Start(controller.Socket, 120, "vm", "console", "db-0");
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(log, "panic\n", TestContext.Current.CancellationToken);
        Assert.Equal("panic", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.Kill();
        File.Delete(log);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_gets_a_script(string shell)
    {
        Run run = await Executable.RunAsync(Nowhere, "completion", shell);
        Assert.Equal(0, run.Exit);
        Assert.Contains("[suggest:", run.Out);
    }

    [Theory]
    [InlineData("havm no", "node")]
    [InlineData("havm vm re", "restart")]
    [InlineData("havm node show n", "n1 n2 n3 n4 n5 n6")]
    [InlineData("havm schema VirtualMachine --o", "--output")]
    [InlineData("havm service scale shop ", "web worker")]
    [InlineData("havm service scale s", "shop")]
    [InlineData("havm incident show ", "inc-7")]
    public async Task Bash_completes_words_names_and_options(string line, string offered)
    {
        await using FakeController controller = await FakeController.StartAsync();
        controller.Answer("GET /v1/nodes", Samples.Nodes, ApiJson.Default.ListViewNodeView);
        controller.Answer("GET /v1/services", Samples.List(Samples.Service), ApiJson.Default.ListViewServiceView);
        controller.Answer("GET /v1/services/shop", Samples.Service, ApiJson.Default.ServiceView);
        controller.Answer("GET /v1/incidents", Samples.List(Samples.Incident), ApiJson.Default.ListViewIncidentView);
        string word = line[(line.LastIndexOf(' ') + 1)..];
        string script = $$"""
            havm() { "{{Executable.Havm}}" "$@"; }
            source <(havm completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=('{{word}}') COMP_CWORD=0
            # Tab waits for a controller half a second and no longer: on a busy machine a person presses it again.
            for try in {1..20}; do _havm; [ -n "${COMPREPLY[*]}" ] && break; done
            echo "${COMPREPLY[*]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["HAVM_SOCKET"] = controller.Socket;
        using Process bash = Process.Start(start)!;
        Assert.Equal(offered, (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    private static async Task SendAsync(HttpContext context, params long[] sequences)
    {
        foreach (long sequence in sequences)
        {
            string line = JsonSerializer.Serialize(Samples.Event(sequence, "nodeSuspect"), ApiJson.Default.EventView);
            await context.Response.WriteAsync(line + "\n\n");
        }
    }
}
