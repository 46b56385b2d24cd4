using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

/// <summary>One event, one line.</summary>
internal static class EventLines
{
    public static string Line(EventView each, Screen screen)
    {
        string head = $"{each.Sequence,6}  {Times.Absolute(each.At)} {$"({Times.Ago(each.At)})",-13} ";
        string incident = each.Incident is { } id ? $" [{id}]" : "";
        string text = $"{Tones.Paint(each.Name, Tone.Strong, screen.Colours)} {each.Object}: {each.Message}{incident}";
        return Tones.Paint(head, Tone.Dim, screen.Colours) + text;
    }
}
