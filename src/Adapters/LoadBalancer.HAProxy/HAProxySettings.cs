using System.Collections.Immutable;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>Where balancers live on this machine.</summary>
public sealed record HAProxySettings
{
    /// <summary>Each balancer has a directory of its own below it: configuration, socket and process id.</summary>
    public required string Directory { get; init; }

    /// <summary>Program and leading arguments; the lab enters a network namespace with it.</summary>
    public ImmutableArray<string> Command { get; init; } = ["haproxy"];

    /// <summary>Member slots at least: so many instances a role may grow to without a new process.</summary>
    public int Slots { get; init; } = 64;

    /// <summary>Time for one question; one that took longer goes unanswered.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for checking a configuration and starting with it.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Questions in a row that a process may leave unanswered before it is ended and started anew.</summary>
    public int Unanswered { get; init; } = 10;

    /// <summary>The longest wait between two starts that failed; the waits double to it from 1 s.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(30);
}
