using System.Collections.Immutable;
using System.Text.Json;
using Havm.Model;

namespace Havm.Simulator.Trace;

/// <summary>One line of a trace after its header: what happened, and when on the world's clock.</summary>
public abstract record TraceEvent(Instant At)
{
    /// <summary>The word under "ev".</summary>
    public abstract string Word { get; }

    /// <summary>Its own fields.</summary>
    public abstract void Write(Utf8JsonWriter into);

    private protected static void Text(Utf8JsonWriter into, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            into.WriteString(key, value);
        }
    }
}

/// <summary>The harness did something.</summary>
/// <param name="Subject">"node" or "vm"; empty when it is about all.</param>
public sealed record Injected(Instant At, int Step, string Op, string Subject, string Name) : TraceEvent(At)
{
    public override string Word => "inject";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteNumber("step", Step);
        into.WriteString("op", Op);
        if (Subject.Length > 0)
        {
            into.WriteString(Subject, Name);
        }
    }
}

public sealed record PowerChanged(Instant At, string Node, bool On, string Why, string Cause) : TraceEvent(At)
{
    public override string Word => "power";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("node", Node);
        into.WriteBoolean("on", On);
        into.WriteString("why", Why);
        into.WriteString("cause", Cause);
    }
}

public sealed record LinkChanged(Instant At, string Node, bool Up) : TraceEvent(At)
{
    public override string Word => "link";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("node", Node);
        into.WriteBoolean("up", Up);
    }
}

public sealed record LeaderTook(Instant At, string Node) : TraceEvent(At)
{
    public override string Word => "leader";

    public override void Write(Utf8JsonWriter into) => into.WriteString("node", Node);
}

/// <summary>What the controller holds a node for: up, lost, fencing, fenced, maintenance or removed.</summary>
public sealed record NodeJudged(Instant At, string Node, string State) : TraceEvent(At)
{
    public override string Word => "node";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("node", Node);
        into.WriteString("state", State);
    }
}

public sealed record VmChanged(Instant At, string Vm, string Node, bool Running, string Why) : TraceEvent(At)
{
    public override string Word => "vm";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("vm", Vm);
        into.WriteString("node", Node);
        into.WriteString("is", Running ? "running" : "stopped");
        Text(into, "why", Why);
    }
}

/// <summary>Where the controller has a VM stand: waiting, held, failed or unmanaged.</summary>
public sealed record VmJudged(Instant At, string Vm, string State, string Why) : TraceEvent(At)
{
    public override string Word => "vm-state";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("vm", Vm);
        into.WriteString("state", State);
        Text(into, "why", Why);
    }
}

/// <summary>What the controller does to a VM, with its cause.</summary>
public sealed record Acted(Instant At, string Vm, string Kind, string? From, string? To, string Why, string Cause)
    : TraceEvent(At)
{
    public override string Word => "action";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("vm", Vm);
        into.WriteString("kind", Kind);
        Text(into, "from", From);
        Text(into, "to", To);
        Text(into, "why", Why);
        into.WriteString("cause", Cause);
    }
}

public sealed record StartFailed(Instant At, string Vm, string Node) : TraceEvent(At)
{
    public override string Word => "start-failed";

    public override void Write(Utf8JsonWriter into)
    {
        into.WriteString("vm", Vm);
        into.WriteString("node", Node);
    }
}

public sealed record OrderRefused(Instant At, string Why) : TraceEvent(At)
{
    public override string Word => "refused";

    public override void Write(Utf8JsonWriter into) => into.WriteString("why", Why);
}

/// <summary>Where everything stands; of a step, or at the end.</summary>
/// <param name="Step">From 1; null at the end.</param>
public sealed record Snapshot(
    Instant At, int? Step, ImmutableSortedDictionary<string, VmStanding> Vms,
    ImmutableSortedDictionary<string, string> Nodes) : TraceEvent(At)
{
    public override string Word => "snapshot";

    public override void Write(Utf8JsonWriter into)
    {
        if (Step is { } step)
        {
            into.WriteNumber("step", step);
        }
        else
        {
            into.WriteString("step", "end");
        }

        into.WriteStartObject("vms");
        foreach (var (vm, standing) in Vms)
        {
            into.WriteStartObject(vm);
            into.WriteString("is", standing.Is);
            into.WriteString("on", standing.On);
            into.WriteEndObject();
        }

        into.WriteEndObject();
        into.WriteStartObject("nodes");
        foreach (var (node, state) in Nodes)
        {
            into.WriteString(node, state);
        }

        into.WriteEndObject();
    }
}

/// <summary>Where one VM stands, and on which node when it runs.</summary>
public sealed record VmStanding(string Is, string? On);
