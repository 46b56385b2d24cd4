namespace Havm.Lab.Tools;

/// <summary>
/// A request the lab does not carry out: which object, which field, why, and what to do instead. The command line
/// prints it as one line and exits with 2; nothing was changed.
/// </summary>
public sealed class LabRefusal(string subject, string field, string reason, string remedy)
    : Exception($"{subject}: {field}: {reason}. {remedy}.")
{
    public string Subject { get; } = subject;

    public string Field { get; } = field;

    public string Reason { get; } = reason;

    public string Remedy { get; } = remedy;
}

/// <summary>Something the lab began to do failed in the machine underneath (a tool, the kernel): exit code 1.</summary>
public sealed class LabFailure(string message, Exception? inner = null) : Exception(message, inner);
