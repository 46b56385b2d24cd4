using System.Net;
using Havm.Model;

namespace Havm.Lab.Client;

/// <summary>The controller answered, and the answer was no; carries every error it told.</summary>
public sealed class ApiRefusal(HttpStatusCode status, string code, IReadOnlyList<SpecError> errors)
    : Exception($"the controller answered {(int)status} {code}: {string.Join(" | ", errors)}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>"invalid", "refused", "notFound", ...</summary>
    public string Code { get; } = code;

    public IReadOnlyList<SpecError> Errors { get; } = errors;
}
