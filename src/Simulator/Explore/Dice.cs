namespace Havm.Simulator.Explore;

/// <summary>All that a life owes to chance; the same seed throws the same.</summary>
public sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>True so often of a hundred times.</summary>
    public bool Percent(int chance) => _random.Next(100) < chance;

    /// <summary>From least to most, both included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    public T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    /// <summary>Some of a list, in its order.</summary>
    public IReadOnlyList<T> Some<T>(IReadOnlyList<T> of, int count)
    {
        var left = of.ToList();
        while (left.Count > count)
        {
            left.RemoveAt(_random.Next(left.Count));
        }

        return left;
    }
}
