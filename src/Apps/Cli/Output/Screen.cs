using System.Globalization;

namespace Havm.Cli.Output;

/// <summary>Where the output goes: how wide it is, and whether colours and redrawing make sense there.</summary>
internal sealed record Screen(int Width, bool Colours, bool Terminal)
{
    /// <summary>Without a terminal nothing is cut: the reader is a program, or has a pager.</summary>
    public const int Unbounded = 100_000;

    private const int Narrowest = 40;

    public static Screen Here()
    {
        bool terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        bool quiet = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return new Screen(WidthHere(), terminal && !quiet, terminal);
    }

    private static int WidthHere()
    {
        if (int.TryParse(
                Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture,
                out int asked) && asked > 0)
        {
            return Math.Max(asked, Narrowest);
        }

        return Console.IsOutputRedirected || Console.WindowWidth <= 0
            ? Unbounded
            : Math.Max(Console.WindowWidth, Narrowest);
    }
}
