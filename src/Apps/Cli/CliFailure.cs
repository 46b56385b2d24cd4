using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Cli;

/// <summary>Ends a command: its exit code, and what to tell.</summary>
internal class CliFailure(int exitCode, ImmutableArray<SpecError> errors) : Exception(errors[0].ToString())
{
    public int ExitCode => exitCode;

    public ImmutableArray<SpecError> Errors => errors;

    public static CliFailure Of(int exitCode, string subject, string field, string reason, string remedy) =>
        new(exitCode, [new SpecError(subject, field, reason, remedy)]);
}
