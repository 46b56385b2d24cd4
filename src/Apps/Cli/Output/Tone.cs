namespace Havm.Cli.Output;

/// <summary>What a piece of text means, for the eye.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warn,
    Bad,
    Dim,
    Strong,
}

/// <summary>A text and its tone.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(string.IsNullOrEmpty(text) ? Times.None : text);
}

internal static class Tones
{
    /// <summary>A phase in the tone that fits it; words that are not known stay plain.</summary>
    public static Cell Phase(string phase) => new(phase, phase switch
    {
        "up" or "ready" or "closed" or "stopped" or "settled" or "on" => Tone.Good,
        "running" or "starting" or "stopping" or "joining" or "suspect" or "waiting" or "recovering" or "fencing"
            or "waitingForDependency" or "detecting" or "paused" or "rebooting" or "pending" or "placed" => Tone.Warn,
        "lost" or "dead" or "failed" or "handedBack" or "gaveUp" or "held" or "off" => Tone.Bad,
        _ => Tone.Plain,
    });

    public static string Paint(string text, Tone tone, bool colours) => !colours || tone == Tone.Plain
        ? text
        : tone switch
        {
            Tone.Good => $"\e[32m{text}\e[0m",
            Tone.Warn => $"\e[33m{text}\e[0m",
            Tone.Bad => $"\e[31m{text}\e[0m",
            Tone.Dim => $"\e[2m{text}\e[0m",
            Tone.Strong => $"\e[1m{text}\e[0m",
            _ => text,
        };
}
