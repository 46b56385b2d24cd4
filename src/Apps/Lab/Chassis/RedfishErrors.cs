namespace Havm.Lab.Chassis;

/// <summary>Error answers in the form DSP0266 gives them, with message ids of the Base registry.</summary>
public static class RedfishErrors
{
    private const string Registry = "Base.1.18.1";

    public static IResult Unauthorized() => Error(
        StatusCodes.Status401Unauthorized, "InsufficientPrivilege",
        "There are insufficient privileges for the account or credentials associated with the current session to "
        + "perform the requested operation.");

    public static IResult NotFound(string uri) => Error(
        StatusCodes.Status404NotFound, "ResourceMissingAtURI", $"The resource at the URI '{uri}' was not found.", uri);

    public static IResult MethodNotAllowed() => Error(
        StatusCodes.Status405MethodNotAllowed, "OperationNotAllowed",
        "The HTTP method is not allowed on this resource.");

    public static IResult MalformedJson() => Error(
        StatusCodes.Status400BadRequest, "MalformedJSON",
        "The request body submitted was malformed JSON and could not be parsed by the receiving service.");

    public static IResult MissingParameter(string action, string parameter) => Error(
        StatusCodes.Status400BadRequest, "ActionParameterMissing",
        $"The action {action} requires the parameter {parameter} to be present in the request body.",
        action, parameter);

    public static IResult UnknownValue(string action, string parameter, string value) => Error(
        StatusCodes.Status400BadRequest, "ActionParameterValueNotInList",
        $"The value '{value}' for the parameter {parameter} in the action {action} is not in the list of acceptable "
        + "values.", value, parameter, action);

    public static IResult Internal(string why) => Error(
        StatusCodes.Status500InternalServerError, "InternalError",
        $"The request failed due to an internal service error. {why}");

    private static IResult Error(int status, string id, string message, params string[] arguments)
    {
        var detail = new Dictionary<string, object>
        {
            ["@odata.type"] = "#Message.v1_2_1.Message",
            ["MessageId"] = $"{Registry}.{id}",
            ["Message"] = message,
            ["MessageArgs"] = arguments,
            ["Severity"] = "Critical",
        };
        var error = new Dictionary<string, object>
        {
            ["code"] = $"{Registry}.{id}",
            ["message"] = message,
            ["@Message.ExtendedInfo"] = new[] { detail },
        };
        return Results.Json(new Dictionary<string, object> { ["error"] = error }, statusCode: status);
    }
}
