using Havm.Core;
using Havm.Core.Admission;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>The shapes of every answer: errors always name object, field, reason and remedy.</summary>
internal static class Answers
{
    public static IResult Problem(int status, string code, IEnumerable<SpecError> errors) =>
        Results.Json(
            new ErrorView { Code = code, Errors = [.. errors] }, ApiJson.Default.ErrorView, statusCode: status);

    public static IResult NotFound(string what, string remedy) =>
        Problem(StatusCodes.Status404NotFound, "notFound", [new SpecError(what, "", "does not exist", remedy)]);

    public static IResult Invalid(IEnumerable<SpecError> errors) =>
        Problem(StatusCodes.Status400BadRequest, "invalid", errors);

    /// <summary>An object that is not there, with what is known about its name.</summary>
    public static IResult NotFound(SpecError absent) =>
        Problem(StatusCodes.Status404NotFound, "notFound", [absent]);

    /// <summary>
    /// An order's refusal: 400 when the order itself is wrong, 404 when its object is not there, else 409.
    /// </summary>
    public static IResult Refused(OrderOutcome outcome) =>
        outcome.BadInput ? Invalid(outcome.Errors)
        : outcome.Errors is [var only] && only.Reason.StartsWith(Absent.Reason, StringComparison.Ordinal)
            ? Problem(StatusCodes.Status404NotFound, "notFound", outcome.Errors)
            : Problem(StatusCodes.Status409Conflict, "refused", outcome.Errors);
}
