using System.Collections.Immutable;
using System.Diagnostics;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>
/// Power, or storage, by any agent of the fence-agents contract: "key=value" lines on its standard input, one action
/// a run, and an exit code that says what came of it. Status is read before each order and an agent is never told to
/// reboot; what was reached is read by whoever ordered it. An agent does not tell which machine it switches or cuts
/// off.
/// A node behind several outlets is off when all of them are, and on while one is.
/// </summary>
public sealed class AgentPowerFence(FencingSettings? settings = null, FenceAgents? agents = null) : IPowerFence
{
    /// <summary>Exit codes of action=status; of every other action, 0 is success.</summary>
    private const int StatusOn = 0;
    private const int StatusOff = 2;

    /// <summary>The agents' library says so of a device that it cannot reach.</summary>
    private static readonly string[] Silences = ["timed out", "Connection lost", "No route to host", "refused"];

    private readonly FencingSettings _settings = settings ?? new FencingSettings();
    private readonly FenceAgents _agents = agents ?? new FenceAgents(settings);

    public Task<PowerAnswer> ReadAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        WithAgentAsync(
            node,
            method,
            method.ReadWithin,
            async run => Combine(await run.StatusAsync().ConfigureAwait(false)),
            cancel);

    public Task<PowerAnswer> OffAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "off", PowerState.Off, cancel);

    public Task<PowerAnswer> OnAsync(NodeName node, FenceMethod method, CancellationToken cancel) =>
        OrderAsync(node, method, "on", PowerState.On, cancel);

    private Task<PowerAnswer> OrderAsync(
        NodeName node, FenceMethod method, string action, PowerState wanted, CancellationToken cancel) =>
        WithAgentAsync(
            node,
            method,
            method.Timeout + _settings.OrderDeadline,
            async run =>
            {
                if (wanted == PowerState.On && run.NoWayOn is { } none)
                {
                    return none;
                }

                ImmutableArray<PowerAnswer> before = await run.StatusAsync().ConfigureAwait(false);
                PowerAnswer all = Combine(before);
                if (before.FirstOrDefault(b => b.Trouble != FenceTrouble.None) is { } trouble)
                {
                    return trouble;
                }

                foreach (int i in Enumerable.Range(0, before.Length).Where(i => before[i].State != wanted))
                {
                    PowerAnswer done = await run.OrderAsync(i, action).ConfigureAwait(false);
                    if (done.Trouble != FenceTrouble.None)
                    {
                        return done with { State = all.State };
                    }
                }

                return all;
            },
            cancel);

    /// <summary>One that is on feeds the machine; one that is not known may.</summary>
    private static PowerAnswer Combine(ImmutableArray<PowerAnswer> outlets) =>
        outlets.FirstOrDefault(o => o.Trouble != FenceTrouble.None)
        ?? PowerAnswer.Of(outlets.All(o => o.State == PowerState.Off) ? PowerState.Off : PowerState.On);

    private async Task<PowerAnswer> WithAgentAsync(
        NodeName node, FenceMethod method, TimeSpan limit, Func<Run, Task<PowerAnswer>> act, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        long begun = Stopwatch.GetTimestamp();
        FenceCredentials? credentials = FenceCredentials.None;
        if (method.CredentialsFile is { } file)
        {
            (credentials, string? trouble) = FenceCredentials.Read(file);
            if (credentials is null)
            {
                return Trouble(FenceTrouble.Unauthorized, trouble!);
            }
        }

        (AgentMetadata? metadata, MethodFault? fault) =
            await _agents.FindAsync(method, limit, cancel).ConfigureAwait(false);
        return metadata is null
            ? Trouble(FenceTrouble.Unusable, $"{fault!.Reason}; {fault.Remedy}")
            : await act(new Run(this, method, metadata, credentials, Trouble, Left, cancel)).ConfigureAwait(false);

        TimeSpan Left() => limit - Stopwatch.GetElapsedTime(begun);

        PowerAnswer Trouble(FenceTrouble trouble, string message) => new(
            PowerState.Unknown, trouble,
            $"{(method.CutsStorage ? "storage" : "power")} of {node} by {method.Place}: {message}");
    }

    /// <summary>The runs of the agent for one call, which share its time.</summary>
    private sealed record Run(
        AgentPowerFence Fence, FenceMethod Method, AgentMetadata Metadata, FenceCredentials Credentials,
        Func<FenceTrouble, string, PowerAnswer> Trouble, Func<TimeSpan> Left, CancellationToken Cancel)
    {
        /// <summary>Why no order turns it on; null: one does.</summary>
        public PowerAnswer? NoWayOn => Metadata.TurnsOn ? null : Trouble(FenceTrouble.Unusable,
            "no order from here lets the node in again; it registers itself when it boots: see that it does");

        /// <summary>Of each outlet, one after the other: many PDUs hold one session at a time.</summary>
        public async Task<ImmutableArray<PowerAnswer>> StatusAsync()
        {
            var states = ImmutableArray.CreateBuilder<PowerAnswer>();
            for (int i = 0; i < Math.Max(1, Method.Outlets.Length); i++)
            {
                ProgramEnd end = await RunAsync(i, "status").ConfigureAwait(false);
                states.Add(end.Code switch
                {
                    StatusOn => PowerAnswer.Of(PowerState.On),
                    StatusOff => PowerAnswer.Of(PowerState.Off),
                    _ => Failed(end, Silences.Any(s => end.Errors.Contains(s, StringComparison.Ordinal))),
                });
            }

            return states.ToImmutable();
        }

        /// <summary>An order that failed may have been carried out: no answer says that it was not.</summary>
        public async Task<PowerAnswer> OrderAsync(int outlet, string action)
        {
            ProgramEnd end = await RunAsync(outlet, action).ConfigureAwait(false);
            return end.Code == 0 ? PowerAnswer.Of(PowerState.Unknown) : Failed(end, silent: true);
        }

        private PowerAnswer Failed(ProgramEnd end, bool silent) => end.TimedOut
            ? Trouble(FenceTrouble.Unreachable,
                $"the agent did not end within its time and was ended; check the device, or write a longer timeout "
                + $"than {Method.Timeout.TotalSeconds:0.#} s")
            : Trouble(silent ? FenceTrouble.Unreachable : FenceTrouble.Refused,
                $"the agent failed ({Words.Last(Credentials.Hide(end.Errors))}); "
                + "check device, parameters and credentials");

        private async Task<ProgramEnd> RunAsync(int outlet, string action)
        {
            TimeSpan left = Left();
            return left <= TimeSpan.Zero
                ? new ProgramEnd(null, "", "") { TimedOut = true }
                : await FenceProgram.RunAsync(
                    new ProgramCall(Fence._agents.FileOf(Method), [], Input(outlet, action)), left,
                    Fence._settings.AnswerBytes, Cancel).ConfigureAwait(false);
        }

        private string Input(int outlet, string action)
        {
            var told = Method.Outlets.IsEmpty ? Method.Parameters : Method.Parameters.SetItems(Method.Outlets[outlet]);
            List<string> lines = [$"action={action}", .. told.Select(p => $"{p.Key}={p.Value}")];
            if (Method.CredentialsFile is not null)
            {
                lines.Add(Metadata.User is { } user ? $"{user}={Credentials.User}" : "");
                lines.Add(Metadata.Password is { } password ? $"{password}={Credentials.Password}" : "");
                lines.AddRange(Credentials.Further);
            }

            return string.Concat(lines.Where(line => line.Length > 0).Select(line => line + "\n"));
        }
    }
}
