using System.Collections.Immutable;
using System.Diagnostics;
using Havm.Cli.Doctor;
using Havm.Datastore;

namespace Havm.Cli.Tests.Doctor;

/// <summary>Storage as it should be, and storage that is really broken; mounting takes root.</summary>
public sealed class DatastoreCheckTests : IDisposable
{
    private readonly TestSite test = new();
    private readonly List<string> mounted = [];

    public void Dispose()
    {
        foreach (string mount in mounted)
        {
            Run("umount", mount);
        }

        test.Dispose();
    }

    [Fact]
    public async Task A_local_file_system_takes_direct_writes_and_keeps_its_locks()
    {
        Dictionary<string, Finding> found = await LookAsync(test.Folder("store"));

        Assert.Equal(Verdict.Ok, found["shared locks"].Verdict);
        Assert.Equal(Verdict.Ok, found["shared direct I/O"].Verdict);
        Assert.NotEqual(Verdict.Fail, found["shared flush"].Verdict);
        Assert.Contains("median", found["shared flush"].Evidence);
        Assert.Equal(Verdict.Skipped, found["shared between nodes"].Verdict);
        Assert.Empty(Directory.GetFiles(Path.Join(test.Home, "store", ".havm")));
    }

    [Fact]
    public async Task A_lock_that_a_second_process_does_not_see_fails()
    {
        string deaf = test.Plant("deaf", "#!/bin/sh\nexit 0\n");
        File.SetUnixFileMode(deaf, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Finding found = (await LookAsync(test.Folder("store"), program: deaf))["shared locks"];

        Assert.Equal(Verdict.Fail, found.Verdict);
        Assert.Contains("while held: taken", found.Evidence);
    }

    [Fact]
    public async Task One_that_is_not_mounted_fails()
    {
        Dictionary<string, Finding> found = await LookAsync(Path.Join(test.Home, "absent"));

        Assert.Equal((Verdict.Fail, "is not there"), (found["shared"].Verdict, found["shared"].Reason));
    }

    [Fact]
    public async Task A_second_path_to_the_same_files_holds_the_lock_and_to_others_fails()
    {
        string store = test.Folder("store");
        Directory.CreateSymbolicLink(Path.Join(test.Home, "again"), store);

        Finding same = (await LookAsync(store, Path.Join(test.Home, "again")))["shared between nodes"];
        Finding other = (await LookAsync(store, test.Folder("other")))["shared between nodes"];

        Assert.Equal(Verdict.Ok, same.Verdict);
        Assert.Equal((Verdict.Fail, "the second path is another storage"), (other.Verdict, other.Reason));
    }

    [Fact]
    public async Task A_mount_that_keeps_locks_to_itself_is_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting takes root");
        string store = test.Folder("store");
        string second = test.Folder("second");
        Mount("bindfs", store, second);

        Finding found = (await LookAsync(second, store))["shared between nodes"];

        Assert.Equal(Verdict.Warn, found.Verdict);
        Assert.Contains("while held: taken", found.Evidence);
    }

    [Fact]
    public async Task Storage_without_direct_reads_is_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting takes root");
        string store = test.Folder("store");
        Mount("mount", "-t", "ramfs", "ramfs", store);

        Finding found = (await LookAsync(store))["shared direct I/O"];

        Assert.Equal((Verdict.Warn, $"ramfs at {store}"), (found.Verdict, found.Evidence));
    }

    [Theory]
    [InlineData(1, 20, Verdict.Ok)]
    [InlineData(100, 800, Verdict.Warn)]
    [InlineData(500, 4000, Verdict.Fail)]
    internal void Slow_flushes_are_told(int median, int slowest, Verdict verdict) => Assert.Equal(
        verdict,
        DatastoreCheck.Flushes(
            "shared", new FlushTimes(TimeSpan.FromMilliseconds(median), TimeSpan.FromMilliseconds(slowest))).Verdict);

    [Fact]
    public void What_is_read_must_be_what_was_written() =>
        Assert.Equal(Verdict.Fail, DatastoreCheck.Direct("shared", direct: true, same: false, "nfs4").Verdict);

    private async Task<Dictionary<string, Finding>> LookAsync(
        string path, string? second = null, string? program = null)
    {
        Site site = test.Node(test.Config with
        {
            Datastores = ImmutableSortedDictionary<string, string>.Empty.Add("shared", path),
        });
        IReadOnlyList<Finding> found = await new DatastoreCheck().LookAsync(
            site with
            {
                Program = program ?? site.Program,
                SecondPaths = second is null
                    ? site.SecondPaths : new Dictionary<string, string> { ["shared"] = second },
            },
            TestContext.Current.CancellationToken);
        return found.ToDictionary(finding => finding.About);
    }

    private void Mount(params string[] command)
    {
        Run(command[0], command[1..]);
        mounted.Add(command[^1]);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
