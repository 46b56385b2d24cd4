using System.Text;
using Havm.Model;

namespace Havm.Cli.Verbs;

/// <summary>The text of one or more files as one input, so that all of it is applied or nothing is.</summary>
internal sealed class SourceText
{
    private readonly List<(string Name, int FirstLine)> files = [];
    private readonly StringBuilder text = new();

    public string Text => text.ToString();

    /// <exception cref="CliFailure">A file cannot be read.</exception>
    public static SourceText Read(IEnumerable<string> names)
    {
        var whole = new SourceText();
        int line = 1;
        foreach (string name in names)
        {
            if (whole.files.Count > 0)
            {
                whole.text.Append("---\n");
                line++;
            }

            whole.files.Add((name == "-" ? "standard input" : name, line));
            string one = ReadOne(name);
            whole.text.Append(one).Append(one.EndsWith('\n') ? "" : "\n");
            line += one.Count(c => c == '\n') + (one.EndsWith('\n') ? 0 : 1);
        }

        return whole;
    }

    /// <summary>"shop.yaml:12:5": where an error stands in the file that it came from.</summary>
    public string Place(SpecError error)
    {
        if (error.Line is not { } line)
        {
            return string.Join(", ", files.Select(file => file.Name));
        }

        (string name, int first) = files.FindLast(file => file.FirstLine <= line);
        return $"{name}:{line - first + 1}:{error.Column ?? 1}";
    }

    private static string ReadOne(string name)
    {
        try
        {
            return name == "-" ? Console.In.ReadToEnd() : File.ReadAllText(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException when Directory.Exists(name) => "is a directory",
                _ => $"cannot be read: {e.Message.TrimEnd('.')}",
            };
            throw CliFailure.Of(ExitCodes.BadInput, name, "", reason, "name a readable file, or - for standard input");
        }
    }
}
