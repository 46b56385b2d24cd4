using System.Collections.Immutable;
using Havm.Fencing;
using Havm.Model;
using Havm.Tests;

namespace Havm.Contracts.Fencing;

/// <summary>An agent of the contract that does whatever a test tells it to: what no real one would ever do.</summary>
internal sealed class ScriptedAgent : IDisposable
{
    public const string Metadata =
        """
        <?xml version="1.0" ?>
        <resource-agent name="fence_scripted">
          <parameters>
            <parameter name="ip"/><parameter name="plug"/><parameter name="username"/><parameter name="password"/>
          </parameters>
          <actions><action name="on" automatic="0"/><action name="off"/><action name="status"/></actions>
        </resource-agent>
        """;

    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Notes each run and answers metadata; the presence of an outlet's file says that it is on.</summary>
    private const string Head =
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        while read -r line; do
          echo "$line" >>told
          case $line in
            action=*) action=${line#action=} ;;
            plug=*) plug=${line#plug=} ;;
            password=*) password=${line#password=} ;;
          esac
        done
        echo "$action $plug" >>runs
        tr '\0' ' ' </proc/self/cmdline >>seen
        tr '\0' ' ' </proc/$$/cmdline >>seen
        [ "$action" = metadata ] && exec cat metadata
        on=on-${plug:-all}

        """;

    /// <summary>What a good agent does.</summary>
    public const string Good =
        """
        case $action in
          status) [ -e "$on" ] || exit 2 ;;
          off) rm -f "$on" ;;
          on) : >"$on" ;;
        esac
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("havm-agent-").FullName;

    public ScriptedAgent(string script = Good, string metadata = Metadata)
    {
        File.WriteAllText(At("metadata"), metadata);
        File.WriteAllText(At("credentials"), "admin:right-word\n");
        File.SetUnixFileMode(At("credentials"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(At("fence_scripted"), Head + script + "\n");
        File.SetUnixFileMode(At("fence_scripted"), OwnerAll);
        Settings = new FencingSettings { AgentsDirectory = _directory };
    }

    public FencingSettings Settings { get; }

    public string Program => At("fence_scripted");

    /// <summary>"action plug", one a run, in order.</summary>
    public IReadOnlyList<string> Runs => Lines("runs");

    /// <summary>All lines that it was told on its standard input.</summary>
    public IReadOnlyList<string> Told => Lines("told");

    /// <summary>The command lines under which it was seen.</summary>
    public string Seen => File.ReadAllText(At("seen"));

    public FenceMethod Spec => new()
    {
        Driver = FenceDriver.FenceAgent,
        Agent = "fence_scripted",
        Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("ip", "192.0.2.1"),
        CredentialsFile = At("credentials"),
        Timeout = TimeSpan.FromSeconds(1),
    };

    /// <summary>Two power feeds, by two PDUs.</summary>
    public FenceMethod TwoOutlets => Spec with { Outlets = [Outlet("7"), Outlet("8")] };

    public bool IsOn(string outlet) => File.Exists(At($"on-{outlet}"));

    public void TurnOn(string outlet) => File.WriteAllText(At($"on-{outlet}"), "");

    public void AddCredential(string line) => File.AppendAllText(At("credentials"), line + "\n");

    /// <summary>Waits until none of the processes lives whose ids the script has written into "began".</summary>
    public Task AllHaveEndedAsync()
    {
        IReadOnlyList<string> began = Lines("began");
        Assert.NotEmpty(began);
        return Until.TrueAsync("nothing of the agent is left", () => began.All(pid => !Lives(pid)));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static ImmutableSortedDictionary<string, string> Outlet(string plug) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("plug", plug).Add("ip", $"192.0.2.{plug}");

    private static bool Lives(string pid) =>
        File.Exists($"/proc/{pid}/cmdline") && File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;

    private string At(string file) => Path.Join(_directory, file);

    private string[] Lines(string file) => File.Exists(At(file)) ? File.ReadAllLines(At(file)) : [];
}
