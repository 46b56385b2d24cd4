namespace Havm.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Title">In capitals.</param>
/// <param name="Rank">0 stays always; where room is short, the highest rank goes first.</param>
/// <param name="Right">Numbers stand at the right.</param>
/// <param name="Stretch">Long text: cut with an ellipsis before any column is dropped.</param>
/// <param name="Fold">Long text that must be read whole: goes on in the lines below instead of being cut.</param>
internal sealed record Column(
    string Title, int Rank = 0, bool Right = false, bool Stretch = false, bool Fold = false);

/// <summary>Rows under titles, made to fit the width: a row is one line, unless a column folds.</summary>
internal sealed class TextTable(params Column[] columns)
{
    private const int Gap = 2;

    /// <summary>Below this a cut text says too little, and its column rather goes.</summary>
    private const int LeastStretch = 24;

    private readonly List<Cell[]> rows = [];

    public bool HasRows => rows.Count > 0;

    public void Add(params Cell[] cells) => rows.Add(cells);

    public IEnumerable<string> Render(Screen screen)
    {
        int[] widths = [.. columns.Select(
            (column, i) => rows.Select(r => r[i].Text.Length).Append(column.Title.Length).Max())];
        List<int> shown = [.. Enumerable.Range(0, columns.Length).Where(i => !IsEmpty(i))];
        while (Total(shown, widths) > screen.Width && Shorten(shown, widths, screen.Width))
        {
            // Each step shortens or drops one column.
        }

        yield return Line(shown, widths, i => new Cell(columns[i].Title, Tone.Strong), screen.Colours);
        foreach (Cell[] row in rows)
        {
            string[][] pieces = [.. columns.Select((column, i) => Pieces(column, row[i].Text, widths[i]))];
            for (int line = 0; line < shown.Max(i => pieces[i].Length); line++)
            {
                yield return Line(
                    shown, widths, i => new Cell(line < pieces[i].Length ? pieces[i][line] : "", row[i].Tone),
                    screen.Colours).TrimEnd();
            }
        }
    }

    /// <summary>All of it as Markdown, whatever the width.</summary>
    public IEnumerable<string> Markdown()
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Length).Where(i => !IsEmpty(i))];
        yield return Row(shown.Select(i => columns[i].Title));
        yield return Row(shown.Select(i => columns[i].Right ? "---:" : "---"));
        foreach (Cell[] row in rows)
        {
            yield return Row(shown.Select(i => row[i].Text.ReplaceLineEndings(" ").Replace("|", "\\|")));
        }

        static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
    }

    /// <summary>A column that says nothing in any row tells nobody anything.</summary>
    private bool IsEmpty(int column) =>
        columns[column].Rank > 0 && rows.TrueForAll(row => row[column].Text is Times.None or "");

    private bool Shorten(List<int> shown, int[] widths, int width)
    {
        int excess = Total(shown, widths) - width;
        int stretch = shown.FindLast(i => Gives(i) && widths[i] > LeastStretch);
        if (shown.Contains(stretch) && Gives(stretch) && widths[stretch] > LeastStretch)
        {
            widths[stretch] = Math.Max(LeastStretch, widths[stretch] - excess);
            return true;
        }

        int last = shown.OrderByDescending(i => columns[i].Rank).ThenByDescending(i => i).First();
        if (columns[last].Rank > 0)
        {
            shown.Remove(last);
            return true;
        }

        int widest = shown.MaxBy(i => widths[i]);
        widths[widest] = Math.Max(4, widths[widest] - excess);
        return false;
    }

    private bool Gives(int column) => columns[column].Stretch || columns[column].Fold;

    private static string[] Pieces(Column column, string text, int width) =>
        column.Fold ? [.. Page.Fold(text, width)] : [text];

    private static int Total(List<int> shown, int[] widths) => shown.Sum(i => widths[i] + Gap) - Gap;

    private string Line(List<int> shown, int[] widths, Func<int, Cell> cell, bool colours)
    {
        IEnumerable<string> parts = shown.Select((i, position) =>
        {
            Cell each = cell(i);
            string text = Cut(each.Text.ReplaceLineEndings(" "), widths[i]);
            string padding = new(' ', Math.Max(0, widths[i] - text.Length));
            bool lastLeft = position == shown.Count - 1 && !columns[i].Right;
            string painted = Tones.Paint(text, each.Tone, colours);
            return columns[i].Right ? padding + painted : lastLeft ? painted : painted + padding;
        });
        return string.Join(new string(' ', Gap), parts);
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
