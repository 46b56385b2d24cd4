namespace Havm.Core.Accounting;

/// <summary>
/// How far a count of rare events can be trusted: the exact two-sided interval of a Poisson mean (F. Garwood, "Fiducial
/// limits for the Poisson distribution", Biometrika 28, 1936). Three interruptions in a year may as well be the luck of
/// a cluster that has eight.
/// </summary>
public static class Poisson
{
    /// <summary>The means under which a count this high, or this low, has a chance of 5 % each.</summary>
    public static (double Low, double High) Interval90(int count) =>
        (count == 0 ? 0 : Solve(mean => 1 - Below(count - 1, mean), 0.05, 0, count),
            Solve(mean => -Below(count, mean), -0.05, count, (2 * count) + 20));

    /// <summary>The chance of at most so many events when this is their mean.</summary>
    public static double Below(int count, double mean)
    {
        if (mean <= 0)
        {
            return 1;
        }

        // From the largest term outward, in logarithms, so that neither end is lost.
        var (sum, log) = (0.0, -mean);
        for (var k = 0; k <= count; k++)
        {
            log += k == 0 ? 0 : Math.Log(mean / k);
            sum += Math.Exp(log);
        }

        return Math.Min(1, sum);
    }

    /// <summary>Where a growing function takes a value, by halving.</summary>
    private static double Solve(Func<double, double> grows, double value, double low, double high)
    {
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = grows(middle) < value ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
