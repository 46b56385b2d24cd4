namespace Havm.Model;

/// <summary>What a node may do by itself: with everything it was told, or with nothing.</summary>
public enum AutomationMode
{
    /// <summary>It converges on its goal, repairs in place and ends what outlives its lease.</summary>
    Armed,

    /// <summary>Nothing is started or stopped; the lease's end ends nothing either.</summary>
    Freeze,

    /// <summary>The same, and people may start, stop and move machines meanwhile.</summary>
    HandsOff,
}

/// <summary>
/// An operator's word on automation as goals carry it. A later one is greater, also across leaders, so that one a
/// node has made durable says that every earlier one is void there.
/// </summary>
/// <param name="Epoch">The term in which it was given.</param>
/// <param name="Number">Grows by one with each word of a state.</param>
/// <param name="Mode">What holds from then on.</param>
public sealed record Automation(Epoch Epoch, long Number, AutomationMode Mode)
{
    /// <summary>As people write it: freeze, hands-off.</summary>
    public static string NameOf(AutomationMode mode) => mode == AutomationMode.HandsOff ? "hands-off" : Word.Of(mode);

    /// <summary>Nothing may be done by itself.</summary>
    public bool Holds => Mode != AutomationMode.Armed;

    /// <summary>Whether this is <paramref name="other"/> or later.</summary>
    public bool IsFrom(Automation other) => (Epoch, Number).CompareTo((other.Epoch, other.Number)) >= 0;
}
