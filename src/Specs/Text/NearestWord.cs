namespace Havm.Specs;

/// <summary>Finds the word a person probably meant.</summary>
public static class NearestWord
{
    /// <summary>The closest of the known words, or null when none is close enough to be meant.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        string lower = written.ToLowerInvariant();
        var best = known
            .Select(word => (word, distance: Distance(lower, word.ToLowerInvariant())))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.word, StringComparer.Ordinal)
            .FirstOrDefault();
        int allowed = Math.Clamp(written.Length / 3, 1, 3);
        return best.word is not null && best.distance <= allowed ? best.word : null;
    }

    /// <summary>What to tell somebody who wrote a word that is not known.</summary>
    public static string Remedy(string written, IReadOnlyCollection<string> known) =>
        Find(written, known) is { } meant ? $"did you mean \"{meant}\"?"
        : known.Count == 0 ? "remove it: nothing may stand here"
        : $"write one of: {string.Join(", ", known)}";

    /// <summary>
    /// Optimal string alignment distance: insert, delete, replace or swap neighbours, each counts one.
    /// </summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3)
        {
            return int.MaxValue;
        }

        var cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Step(i, j);
            }
        }

        return cost[a.Length, b.Length];

        int Step(int i, int j)
        {
            int replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            int least = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            return swapped ? Math.Min(least, cost[i - 2, j - 2] + 1) : least;
        }
    }
}
