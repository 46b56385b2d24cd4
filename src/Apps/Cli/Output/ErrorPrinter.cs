using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Cli.Output;

/// <summary>Prints every error in its four parts: object, field, reason, remedy.</summary>
internal static class ErrorPrinter
{
    public static void Print(ImmutableArray<SpecError> errors, Func<SpecError, string>? place = null)
    {
        bool colours = !Console.IsErrorRedirected
            && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };
        foreach (SpecError error in errors)
        {
            string subject = error.Field.Length == 0 ? error.Object : $"{error.Object}  {error.Field}";
            string where = (place ?? PlaceIn)(error);
            string tail = where.Length == 0 ? "" : $"  ({where})";
            Console.Error.WriteLine($"{Tones.Paint("error:", Tone.Bad, colours)} {subject}{tail}");
            Console.Error.WriteLine($"  reason: {error.Reason}");
            Console.Error.WriteLine($"  remedy: {error.Remedy}");
        }

        if (errors.Length > 1)
        {
            Console.Error.WriteLine($"{errors.Length} errors; nothing was changed.");
        }
    }

    public static void Warn(string subject, string message) =>
        Console.Error.WriteLine($"warning: {subject}: {message}");

    private static string PlaceIn(SpecError error) =>
        error.Line is { } line ? $"line {line}, column {error.Column ?? 1}" : "";
}
