using System.Collections.Concurrent;
using Havm.Model;

namespace Havm.Fencing;

/// <summary>What is wrong with a method on this machine.</summary>
/// <param name="Field">Of the method.</param>
public sealed record MethodFault(string Field, string Reason, string Remedy);

/// <summary>The agents that are installed on this machine, with what they say of themselves.</summary>
public sealed class FenceAgents(FencingSettings? settings = null)
{
    /// <summary>Python alone takes a second to begin on a busy machine.</summary>
    private static readonly TimeSpan MetadataDeadline = TimeSpan.FromSeconds(10);

    private readonly FencingSettings _settings = settings ?? new FencingSettings();
    private readonly ConcurrentDictionary<(string File, DateTime Written), AgentMetadata> _known = new();

    /// <summary>Whether what the method needs is there: asked when it is applied, before it is needed.</summary>
    public async Task<MethodFault?> FaultAsync(FenceMethod method, CancellationToken cancel)
    {
        switch (method.Driver)
        {
            case FenceDriver.Ipmi when FenceProgram.Obstacle(_settings.Ipmitool) is { } obstacle:
                return new MethodFault("driver", obstacle, "install the package ipmitool on the controller's machine");
            case FenceDriver.FenceAgent:
                (_, MethodFault? fault) = await FindAsync(method, MetadataDeadline, cancel).ConfigureAwait(false);
                return fault;
            default:
                return null;
        }
    }

    internal string FileOf(FenceMethod method) => Path.Join(_settings.AgentsDirectory, method.Agent);

    /// <summary>The agent's metadata, asked for once while its file stays the same, held against the method.</summary>
    internal async Task<(AgentMetadata? Metadata, MethodFault? Fault)> FindAsync(
        FenceMethod method, TimeSpan limit, CancellationToken cancel)
    {
        string file = FileOf(method);
        if (FenceProgram.Obstacle(file) is { } obstacle)
        {
            return (null, new MethodFault(
                "agent", obstacle, "install the agent on the controller's machine, or correct its name"));
        }

        (string, DateTime) key = (file, File.GetLastWriteTimeUtc(file));
        if (!_known.TryGetValue(key, out AgentMetadata? metadata))
        {
            ProgramEnd end = await FenceProgram.RunAsync(
                new ProgramCall(file, [], "action=metadata\n"), limit, _settings.AnswerBytes, cancel)
                .ConfigureAwait(false);
            (metadata, string? trouble) = end.Code == 0
                ? AgentMetadata.Parse(end.Output)
                : (null, end.TimedOut
                    ? $"it did not tell its metadata within {limit.TotalSeconds:0.#} s"
                    : $"it does not tell its metadata ({Words.Last(end.Errors)})");
            if (metadata is null)
            {
                return (null, new MethodFault("agent", $"{file}: {trouble}", "name a fence agent"));
            }

            _known[key] = metadata;
        }

        MethodFault? fault = metadata.Unfit(method.CutsStorage) is { } unfit
            ? new MethodFault("agent", $"{file}: {unfit.Reason}", unfit.Remedy)
            : Fault(method, metadata);
        return fault is null ? (metadata, null) : (null, fault);
    }

    private static MethodFault? Fault(FenceMethod method, AgentMetadata metadata)
    {
        IEnumerable<(string Field, string Name)> names =
        [
            .. method.Parameters.Keys.Select(name => ("parameters", name)),
            .. method.Outlets.SelectMany((outlet, i) => outlet.Keys.Select(name => ($"outlets[{i}]", name))),
        ];
        return names.FirstOrDefault(n => !metadata.Parameters.Contains(n.Name)) is { Name: not null } unknown
                ? new MethodFault(
                    unknown.Field, $"{method.Agent} knows no {unknown.Name}",
                    $"write what `{method.Agent} -o metadata` lists")
            : method.CredentialsFile is not null && metadata.User is null && metadata.Password is null
                ? new MethodFault(
                    "credentialsFile", $"{method.Agent} knows neither user nor password", "remove it")
            : null;
    }
}
