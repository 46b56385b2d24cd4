using Havm.Model;

namespace Havm.Model.Tests;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_count_by_their_value()
    {
        string[] ordered = ["db", "db-0", "r1n2", "r1n10", "r2n1", "web-01", "web-1", "web-2", "web-10", "web-10-a"];

        Assert.Equal(ordered, ordered.Reverse().Order(NaturalOrder.Instance));
    }

    [Fact]
    public void A_number_too_large_for_any_integer_still_has_its_place()
    {
        var huge = $"n{new string('9', 60)}";

        Assert.True(NaturalOrder.Instance.Compare("n2", huge) < 0);
        Assert.Equal(0, NaturalOrder.Instance.Compare(huge, huge));
    }
}
