using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Havm.Cli.Controller;
using Havm.Specs;

namespace Havm.Cli.Output;

/// <summary>
/// Shows an answer of the controller in the form that was asked for, once or for as long as it is watched.
/// </summary>
internal static class Viewer
{
    /// <summary>Between two looks while watching: ages stay true to the second.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<int> ShowAsync<T>(
        ParseResult parse, string path, JsonTypeInfo<T> type, Action<T, Page> render, CancellationToken cancel)
    {
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        OutputFormat format = CommonOptions.FormatOf(parse);
        byte[] answer = await client.GetAsync(path, cancel);
        if (!parse.GetValue(CommonOptions.Watch))
        {
            Print(Text(answer, format, type, render, Screen.Here(), oneLine: false));
            return ExitCodes.Ok;
        }

        await WatchAsync(client, path, answer, format, type, render, cancel);
        return ExitCodes.Ok;
    }

    /// <summary>An answer to an order: as it came, or in words.</summary>
    public static void Print<T>(
        byte[] answer, OutputFormat format, JsonTypeInfo<T> type, Action<T, Page> render) =>
        Print(Text(answer, format, type, render, Screen.Here(), oneLine: false));

    public static void Print(JsonNode node, OutputFormat format) =>
        Print(format == OutputFormat.Yaml ? YamlText.Write(node).TrimEnd('\n') : Json(node, Indented));

    private static async Task WatchAsync<T>(
        ControllerClient client, string path, byte[] answer, OutputFormat format, JsonTypeInfo<T> type,
        Action<T, Page> render, CancellationToken cancel)
    {
        string? before = null;
        string? trouble = null;
        while (!cancel.IsCancellationRequested)
        {
            // The window may have been resized since the last look.
            Screen screen = Screen.Here();
            string text = Text(answer, format, type, render, screen, oneLine: true);
            string unaged = Ageless(answer);
            if (screen.Terminal && format is OutputFormat.Table or OutputFormat.Wide)
            {
                Redraw(trouble is null ? text : $"{trouble}\n\n{text}", first: before is null);
            }
            else if (unaged != before)
            {
                Print(text);
            }

            before = unaged;
            try
            {
                await Task.Delay(Look, cancel);
                answer = await client.GetAsync(path, cancel);
                trouble = null;
            }
            catch (CliFailure failure) when (failure.ExitCode == ExitCodes.Unreachable)
            {
                trouble = $"not confirmed any more: {failure.Message}";
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static string Text<T>(
        byte[] answer, OutputFormat format, JsonTypeInfo<T> type, Action<T, Page> render, Screen screen, bool oneLine)
    {
        switch (format)
        {
            case OutputFormat.Json:
                return Json(JsonNode.Parse(answer)!, oneLine ? OneLine : Indented);
            case OutputFormat.Yaml:
                return Yaml(JsonNode.Parse(answer)!) + (oneLine ? "\n---" : "");
            default:
                var page = new Page(
                    format == OutputFormat.Table ? screen : screen with { Width = Screen.Unbounded, Colours = false },
                    format == OutputFormat.Markdown);
                render(ControllerClient.Read(answer, type), page);
                return string.Join('\n', page.Lines);
        }
    }

    /// <summary>A list becomes one document per item, so that it can be applied as it is.</summary>
    private static string Yaml(JsonNode node) =>
        (node is JsonObject map && map["items"] is JsonArray items
            ? string.Join("---\n", items.Select(YamlText.Write))
            : YamlText.Write(node)).TrimEnd('\n');

    private static string Json(JsonNode node, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            node.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>The answer without what changes by itself: ages, and when it was made.</summary>
    private static string Ageless(byte[] answer)
    {
        JsonNode root = JsonNode.Parse(answer)!;
        Strip(root);
        return root.ToJsonString();

        static void Strip(JsonNode? node)
        {
            if (node is JsonObject map)
            {
                map.Remove("ageSeconds");
                map.Remove("confirmed");
                map.ToList().ForEach(entry => Strip(entry.Value));
            }
            else if (node is JsonArray list)
            {
                list.ToList().ForEach(Strip);
            }
        }
    }

    private static void Print(string text) => Console.Out.WriteLine(text);

    /// <summary>
    /// From the upper left corner, each line cleared to its end: nothing flickers. What is too long is cut.
    /// </summary>
    private static void Redraw(string text, bool first)
    {
        string[] lines = text.Split('\n');
        int room = Math.Max(2, Console.WindowHeight - 1);
        IEnumerable<string> shown = lines.Length <= room
            ? lines
            : lines.Take(room - 1).Append($"({lines.Length - room + 1} more lines; make the window higher)");
        string body = string.Concat(shown.Select(line => $"{line}\e[K\n"));
        Console.Out.Write($"{(first ? "\e[2J" : "")}\e[H{body}\e[J");
    }
}
