using System.Collections.Immutable;
using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

/// <summary>
/// The phases of a repair on one time line: each in a line of its own, beginning where the one before it ended, so
/// that the longest catches the eye.
/// </summary>
internal static class PhaseBar
{
    private const int Widest = 72;

    private const int Narrowest = 16;

    public static IEnumerable<string> Lines(ImmutableArray<StageView> stages, int width)
    {
        double total = stages.Sum(stage => stage.Seconds);
        int label = stages.Max(stage => stage.Phase.Length);
        int figure = stages.Max(stage => Times.Measured(stage.Seconds).Length);
        int room = Math.Clamp(width - label - figure - 6, Narrowest, Widest);
        double before = 0;
        foreach (StageView stage in stages)
        {
            int from = At(before, total, room);
            before += stage.Seconds;
            int to = At(before, total, room);

            // What took any time at all is seen, and what took none is a mark.
            string bar = to > from ? new string('█', to - from) : stage.Seconds > 0 ? "▌" : "│";
            string line = new string(' ', Math.Min(from, room - 1)) + bar;
            yield return $"  {stage.Phase.PadRight(label)}  {line.PadRight(room)}  "
                + Times.Measured(stage.Seconds).PadLeft(figure);
        }
    }

    private static int At(double seconds, double total, int room) =>
        total <= 0 ? 0 : (int)Math.Round(seconds / total * room);
}
