using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Records;

/// <summary>A table that never changes, held against one that does.</summary>
public sealed class SortedTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_sorted_dictionary_holds_whatever_comes_and_goes(int seed)
    {
        var random = new Random(seed);
        var plain = new SortedDictionary<NodeName, string>();
        var table = SortedTable<NodeName, string>.Empty;
        for (var i = 0; i < 3000; i++)
        {
            var name = new NodeName($"n{random.Next(400)}");
            var goes = random.Next(i < 2000 ? 4 : 2) == 0;
            table = goes ? table.Remove(name) : table.SetItem(name, $"{i}");
            _ = goes ? plain.Remove(name) : (plain[name] = $"{i}") is not null;
            Assert.Equal(plain.GetValueOrDefault(name), table.GetValueOrDefault(name));
            Assert.Equal(plain.Count, table.Count);
        }

        Assert.Equal(plain, table);
        Assert.Equal(plain.Keys, table.Keys);
        Assert.Equal(plain.Values, table.Values);
        Assert.Equal(plain, SortedTable<NodeName, string>.Of(plain.Reverse()));
        Assert.False(table.TryGetValue(new NodeName("nobody"), out _));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void It_tells_what_differs_from_an_older_one_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var older = Enumerable.Range(0, 300).Aggregate(
            SortedTable<NodeName, string>.Empty, (table, i) => table.SetItem(new NodeName($"n{i}"), $"{i}"));
        for (var round = 0; round < 100; round++)
        {
            var newer = older;
            for (var changes = random.Next(60); changes > 0; changes--)
            {
                var name = new NodeName($"n{random.Next(350)}");
                newer = random.Next(3) == 0 ? newer.Remove(name) : newer.SetItem(name, $"{round}, {changes}");
            }

            var differ = older.Keys.Union(newer.Keys)
                .Where(name => !ReferenceEquals(older.GetValueOrDefault(name), newer.GetValueOrDefault(name)))
                .Order().ToList();
            Assert.Equal(differ, newer.ChangedSince(older));
            Assert.Equal(differ, older.ChangedSince(newer));
            Assert.Empty(newer.ChangedSince(newer));
            older = newer;
        }
    }

    [Fact]
    public void The_older_one_stays_as_it_was()
    {
        var one = SortedTable<NodeName, string>.Empty.SetItem(new NodeName("a"), "first");
        var two = one.SetItem(new NodeName("a"), "second").SetItem(new NodeName("b"), "other");

        Assert.Equal("first", one[new NodeName("a")]);
        Assert.False(one.ContainsKey(new NodeName("b")));
        Assert.Equal("second", two[new NodeName("a")]);
        Assert.Throws<KeyNotFoundException>(() => one[new NodeName("b")]);
    }
}
