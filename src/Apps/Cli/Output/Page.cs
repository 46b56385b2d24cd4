namespace Havm.Cli.Output;

/// <summary>
/// What one command shows, as finished lines: printed once, or drawn anew while it is watched. The same as Markdown,
/// for who pastes it into a report.
/// </summary>
internal sealed class Page(Screen screen, bool markdown = false)
{
    private const int LabelWidth = 14;

    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public int Width => screen.Width;

    public void Blank()
    {
        if (lines.Count > 0)
        {
            lines.Add("");
        }
    }

    /// <summary>What the page is about.</summary>
    public void Title(string text)
    {
        lines.Add(markdown ? $"# {text}" : Tones.Paint(text, Tone.Strong, screen.Colours));
        if (markdown)
        {
            lines.Add("");
        }
    }

    public void Heading(string text)
    {
        Blank();
        if (markdown)
        {
            lines.AddRange([$"## {text}", ""]);
            return;
        }

        lines.Add(Tones.Paint(text, Tone.Strong, screen.Colours));
    }

    /// <summary>"label  value", the value folded below itself where it is too long.</summary>
    public void Field(string label, Cell cell)
    {
        if (markdown)
        {
            lines.Add($"- **{label}:** {cell.Text.ReplaceLineEndings(" ")}");
            return;
        }

        string head = (label + ":").PadRight(LabelWidth);
        foreach (string piece in Fold(cell.Text, Math.Max(20, Width - LabelWidth - 1)))
        {
            lines.Add($"{Tones.Paint(head, Tone.Dim, screen.Colours)} {Tones.Paint(piece, cell.Tone, screen.Colours)}");
            head = new string(' ', LabelWidth);
        }
    }

    /// <summary>Goes on with the field above: stands under its value.</summary>
    public void More(string text) => Text(text, LabelWidth + 1);

    /// <summary>Like <see cref="Field"/>, but nothing at all when there is nothing to say.</summary>
    public void FieldIfAny(string label, string? text, Tone tone = Tone.Plain)
    {
        if (!string.IsNullOrEmpty(text) && text != Times.None)
        {
            Field(label, new Cell(text, tone));
        }
    }

    /// <summary>A line of text, folded with the given indent; an item goes on under its first word.</summary>
    public void Text(string text, int indent = 0, Tone tone = Tone.Plain)
    {
        if (markdown)
        {
            lines.Add(indent > 0 && !text.StartsWith('-') ? $"- {text}" : text);
            return;
        }

        int hang = indent + (text.StartsWith("- ", StringComparison.Ordinal) ? 2 : 0);
        foreach (string piece in Fold(text, Math.Max(20, Width - hang)))
        {
            lines.Add(new string(' ', indent) + Tones.Paint(piece, tone, screen.Colours));
            indent = hang;
        }
    }

    /// <summary>A line as it is.</summary>
    public void Raw(string line) => lines.Add(line);

    /// <summary>Lines whose columns stand under each other.</summary>
    public void Drawing(IEnumerable<string> drawn) =>
        lines.AddRange(markdown ? ["```text", .. drawn.Select(line => line.TrimEnd()), "```"] : drawn);

    public void Table(TextTable table, string whenEmpty) => lines.AddRange(
        !table.HasRows ? [Tones.Paint(whenEmpty, Tone.Dim, screen.Colours)]
        : markdown ? table.Markdown() : table.Render(screen));

    /// <summary>Breaks at spaces; a word longer than a line is left whole, so that it can be copied.</summary>
    public static IEnumerable<string> Fold(string text, int width)
    {
        string line = "";
        foreach (string word in text.ReplaceLineEndings(" ").Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
