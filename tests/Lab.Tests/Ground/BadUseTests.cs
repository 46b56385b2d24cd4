namespace Havm.Lab.Tests.Ground;

/// <summary>Every bad use ends with 2 and one line that names what is wrong and what to do.</summary>
public sealed class BadUseTests
{
    private const string Stand = "--agent-command true --warden-command true --controller-command true";

    [Theory]
    [InlineData($"up --name Lab {Stand}", "--name")]
    [InlineData($"up --name toolong7 {Stand}", "--name")]
    [InlineData($"up --name bad1 --racks 0 {Stand}", "--racks")]
    [InlineData($"up --name bad1 --racks 17 {Stand}", "--racks")]
    [InlineData($"up --name bad1 --racks many {Stand}", "--racks")]
    [InlineData($"up --name bad1 --nodes-per-rack 99 {Stand}", "--nodes-per-rack")]
    [InlineData($"up --name bad1 --images /no/such/place {Stand}", "--images")]
    [InlineData($"up --name bad1 --dir /tmp/a-directory-with-a-name-that-is-far-too-long-for-sockets {Stand}", "--dir")]
    [InlineData($"up --name bad1 --dir /etc/passwd {Stand}", "--dir")]
    [InlineData("down --name bad1", "no lab of this name is up")]
    [InlineData("status --name bad1", "no lab of this name is up")]
    [InlineData("power-off r1n1 --name bad1", "no lab of this name is up")]
    [InlineData("power-off", "TARGET")]
    [InlineData("bmc r1n1 drunk", "drunk")]
    [InlineData("datastore r1n1 burn", "burn")]
    [InlineData("cut r1n1 --one-way up", "up")]
    [InlineData("dance", "dance")]
    [InlineData("status -o xml", "xml")]
    public async Task EndsWithOneClearError(string words, string named)
    {
        var (code, _, error) = await TestLab.TryAsync(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(named, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [RootFact]
    public async Task WrongTargetsNameTheRightOnes()
    {
        await using var lab = await new TestLab().UpAsync();
        string[][] wrong =
            [["power-off", "r9n9"], ["cut", "rack:rack9"], ["kill-vm", "ghost"], ["restart-agent", "r7n1"]];
        foreach (var words in wrong)
        {
            var (code, _, error) = await TestLab.TryAsync([.. words, "--name", lab.Name]);
            Assert.Equal(2, code);
            Assert.Contains(words[1].Split(':')[^1], error);
        }
    }
}
