using Havm.Hypervisor.Qemu.Evidence;

namespace Havm.Contracts.Hypervisor;

/// <summary>What incidents leave behind on a node, all together.</summary>
public sealed class EvidenceBudgetTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("havm-evidence-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Past_the_bound_the_oldest_goes_whosever_it_is_and_an_empty_directory_with_it()
    {
        Plant("gone-long-ago", "inc-1", 100, minute: 1);
        Plant("web-0", "inc-2", 100, minute: 2);
        Plant("db-0", "inc-3", 100, minute: 3);
        Plant("web-0", "inc-4", 100, minute: 4);
        Assert.Equal(new EvidenceUse(4, 400), EvidenceBudget.Of(_directory));

        EvidenceBudget.Hold(_directory, 250);

        Assert.Equal(["db-0/inc-3", "web-0/inc-4"], Kept());
        Assert.False(Directory.Exists(Path.Join(_directory, "gone-long-ago")));
        Assert.Equal(new EvidenceUse(2, 200), EvidenceBudget.Of(_directory));
    }

    [Fact]
    public void What_fits_stays_and_the_newest_stays_also_where_it_alone_is_too_large()
    {
        Plant("web-0", "inc-1", 100, minute: 1);
        Plant("web-0", "inc-2", 1000, minute: 2);

        EvidenceBudget.Hold(_directory, 1100);
        Assert.Equal(["web-0/inc-1", "web-0/inc-2"], Kept());

        EvidenceBudget.Hold(_directory, 50);
        Assert.Equal(["web-0/inc-2"], Kept());
    }

    [Fact]
    public void Without_any_evidence_there_is_nothing_to_hold()
    {
        string absent = Path.Join(_directory, "absent");

        EvidenceBudget.Hold(absent, 1);

        Assert.Equal(new EvidenceUse(0, 0), EvidenceBudget.Of(absent));
    }

    private string[] Kept() =>
    [
        .. from instance in Directory.GetDirectories(_directory)
           from incident in Directory.GetDirectories(instance)
           orderby incident
           select Path.GetRelativePath(_directory, incident),
    ];

    private void Plant(string instance, string incident, int bytes, int minute)
    {
        string home = Path.Join(_directory, instance, incident);
        Directory.CreateDirectory(home);
        File.WriteAllBytes(Path.Join(home, "console.txt"), new byte[bytes]);
        Directory.SetLastWriteTimeUtc(home, new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc));
    }
}
