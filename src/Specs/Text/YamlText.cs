using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Havm.Specs;

/// <summary>Writes a JSON tree as YAML that reads back as the same tree.</summary>
public static partial class YamlText
{
    public static string Write(JsonNode? node)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer, new EmitterSettings(2, int.MaxValue, false, 1024, true, true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                MappingStyle style = map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block;
                emitter.Emit(new MappingStart(null, null, true, style));
                foreach ((string key, JsonNode? value) in map)
                {
                    emitter.Emit(Text(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                bool flat = list.All(static item => item is JsonValue)
                    && list.Sum(static i => i!.ToString().Length) < 80;
                emitter.Emit(new SequenceStart(null, null, true, flat ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (JsonNode? item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String:
                emitter.Emit(Text(value.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(null, null, node?.ToJsonString() ?? "null", ScalarStyle.Plain, true, false));
                break;
        }
    }

    /// <summary>Plain where nobody could take it for anything but text, else in double quotes.</summary>
    private static Scalar Text(string text) =>
        new(null, null, text, SurelyText().IsMatch(text) && !Reserved().IsMatch(text)
            ? ScalarStyle.Plain
            : ScalarStyle.DoubleQuoted, true, true);

    [GeneratedRegex(
        @"^(\d+([KMGT]iB|ms|s|m|h)|\d+(\.\d+){3}(/\d+)?)\z|^[A-Za-z/]([A-Za-z0-9_./+=@-]|[ ,](?=[^ #])|:(?=[^ ]))*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex SurelyText();

    [GeneratedRegex(@"^(y|n|yes|no|on|off|true|false|null)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reserved();
}
