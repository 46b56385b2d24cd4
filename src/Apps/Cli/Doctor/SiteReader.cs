using System.Text.Json;
using System.Text.Json.Nodes;
using Havm.Cli.Controller;
using Havm.Cli.Verbs;
using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;
using Havm.Specs;

namespace Havm.Cli.Doctor;

/// <summary>Reads what a machine is told to be: configurations, and the objects it is to serve.</summary>
internal static class SiteReader
{
    public const string NodeFile = "/etc/havm/node.json";
    public const string ControllerFile = "/etc/havm/controller.json";

    private static readonly JsonDocumentOptions Form = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Where fence agents are, as the controller of this machine knows it.</summary>
    public static FencingSettings Fencing(string[] configs) =>
        Files(configs).FirstOrDefault(IsController) is { } file && ControllerConfig.Read(file).Config is { } config
            ? new FencingSettings { AgentsDirectory = config.FenceAgents }
            : new FencingSettings();

    /// <exception cref="CliFailure">A file cannot be read, or there is none.</exception>
    public static async Task<Site> ReadAsync(
        string[] configs, string[] objects, IPowerFence fence, CancellationToken cancel)
    {
        var site = new Site { PowerFence = fence };
        string[] files = Files(configs);
        if (files.Length == 0)
        {
            throw CliFailure.Of(ExitCodes.BadInput, "doctor", "--config",
                $"is missing, and neither {NodeFile} nor {ControllerFile} is there",
                "name the node's or the controller's configuration");
        }

        foreach (string file in files)
        {
            site = IsController(file) ? site with { Controller = Controller(file) } : site with { Node = Node(file) };
        }

        return site with
        {
            Nodes = objects.Length > 0 ? Nodes(SourceText.Read(objects).Text) : await AskAsync(site, cancel),
        };
    }

    private static string[] Files(string[] configs) => configs.Length > 0
        ? configs
        : [.. new[] { NodeFile, ControllerFile }.Where(File.Exists)];

    /// <summary>Of both kinds only the controller's listens. What is no JSON is the node reader's to refuse.</summary>
    private static bool IsController(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), Form);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("listen", out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private static ControllerConfig Controller(string file)
    {
        (ControllerConfig? config, IReadOnlyList<SpecError> errors) = ControllerConfig.Read(file);
        return config is not null && errors.Count == 0
            ? config
            : throw new CliFailure(ExitCodes.BadInput, [.. errors]);
    }

    private static CheckedConfig Node(string file)
    {
        try
        {
            return NodeConfigFile.Read(file);
        }
        catch (ConfigException e)
        {
            string[] halves = e.Message.Split("; ", 2);
            throw CliFailure.Of(
                ExitCodes.BadInput, file, "", halves[0], halves.Length > 1 ? halves[1] : "mend the configuration");
        }
    }

    private static List<NodeObject> Nodes(string text)
    {
        var (objects, errors) = SpecParser.Parse(text, "--file");
        return errors.IsEmpty
            ? [.. from item in objects
                  where item.Spec is NodeSpec
                  select new NodeObject(item.Metadata.Name, (NodeSpec)item.Spec)]
            : throw new CliFailure(ExitCodes.BadInput, errors);
    }

    /// <summary>Null: no controller runs on this machine, or none that answers.</summary>
    private static async Task<IReadOnlyList<NodeObject>?> AskAsync(Site site, CancellationToken cancel)
    {
        if (site.Controller is not { } controller)
        {
            return null;
        }

        try
        {
            using var client = new ControllerClient(Path.Join(controller.RunDir, "havm.sock"));
            JsonNode? answer = JsonNode.Parse(await client.GetAsync("v1/objects/Node", cancel));
            IEnumerable<string> items = answer?["items"]?.AsArray().Select(item => item!.ToJsonString()) ?? [];
            return Nodes(string.Join("\n---\n", items));
        }
        catch (CliFailure failure) when (failure.ExitCode == ExitCodes.Unreachable)
        {
            return null;
        }
    }
}
