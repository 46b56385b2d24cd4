using System.Net;
using Havm.Wire.Api;

namespace Havm.Cli.Controller;

/// <summary>The controller understood and said no.</summary>
internal sealed class AnswerFailure(HttpStatusCode status, ErrorView error)
    : CliFailure(error.Code is "invalid" or "tooLarge" ? ExitCodes.BadInput : ExitCodes.Failed, error.Errors)
{
    public HttpStatusCode Status => status;

    public string Code => error.Code;
}
