using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>A lab on the loopback: power works, cables do not exist, and that is said.</summary>
public sealed class NoNamespacesTests
{
    [Fact]
    public async Task GivesPowerAndNamesWhatItCannotCut()
    {
        string[] shape = ["--racks", "1", "--nodes-per-rack", "2"];
        await using var lab = await new TestLab { Shape = shape }.UpAsync("--no-netns");
        Assert.Empty(LabNetwork.Existing(lab.Name));
        Assert.StartsWith("127.77.", lab.Status("r1n1").Address);
        string[][] impossible = [["cut", "r1n1"], ["heal", "rack:rack1"], ["datastore", "r1n2", "hang"]];
        foreach (var words in impossible)
        {
            var (code, _, error) = await TestLab.TryAsync([.. words, "--name", lab.Name]);
            Assert.Equal(2, code);
            Assert.Contains(words[1].Split(':')[^1], error);
            Assert.Contains("--no-netns", error);
        }

        await lab.DoAsync("power-off", "r1n1");
        Assert.Empty(ProcessTrees.Of(lab.Plan, "r1n1").Processes());
        Assert.NotEmpty(ProcessTrees.Of(lab.Plan, "r1n2").Processes());
        await lab.DoAsync("power-on", "r1n1");
        Assert.Equal(PowerState.On, lab.Status("r1n1").Power);
    }

    [RootFact]
    public async Task AnOrdinaryUserGetsALabToo()
    {
        var home = Directory.CreateTempSubdirectory("hv").FullName;
        try
        {
            File.SetUnixFileMode(home, (UnixFileMode)0x1ff);
            var up = await AsNobodyAsync(
                home, "up", "--dir", $"{home}/l", "--racks", "1", "--nodes-per-rack", "2",
                "--agent-command", "exec sleep 99999",
                "--warden-command", "exec sleep 99999", "--controller-command", "exec sleep 99999");
            Assert.True(up.Code == 0, up.Error);
            Assert.Contains("not root", up.Error);
            var off = await AsNobodyAsync(home, "power-off", "r1n1");
            Assert.True(off.Code == 0, off.Error);
            Assert.Empty(new TaggedTree("nobody/r1n1/").Processes());
            Assert.NotEmpty(new TaggedTree("nobody/r1n2/").Processes());
            var down = await AsNobodyAsync(home, "down");
            Assert.True(down.Code == 0, down.Error);
            Assert.Empty(new TaggedTree("nobody/").Processes());
            Assert.Empty(Directory.EnumerateFileSystemEntries(home));
        }
        finally
        {
            await AsNobodyAsync(home, "down");
            Directory.Delete(home, recursive: true);
        }
    }

    private static Task<(int Code, string Output, string Error)> AsNobodyAsync(string home, params string[] words) =>
        Tool.TryAsync(
            "setpriv",
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", "env", $"HOME={home}", $"XDG_RUNTIME_DIR={home}",
                Path.Combine(AppContext.BaseDirectory, "havm-lab"), .. words, "--name", "nobody",
            ]);
}
