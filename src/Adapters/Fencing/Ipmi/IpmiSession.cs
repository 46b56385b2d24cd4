using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>What one session with a BMC brought, or the trouble that kept it from coming.</summary>
/// <param name="Power">Unknown when it stated none.</param>
/// <param name="Guid">The 16 bytes of its system GUID; empty when it told none.</param>
internal sealed record IpmiWord(PowerState Power, ImmutableArray<byte> Guid, FenceTrouble Trouble, string Message)
{
    public static IpmiWord Of(FenceTrouble trouble, string message) => new(PowerState.Unknown, [], trouble, message);
}

/// <summary>
/// Sessions by the program ipmitool: RMCP+ (IPMI 2.0), cipher suite 3. The password goes by the environment, which
/// nobody but the controller's own user can read; verbose output tells a refused password from a dead BMC.
/// </summary>
internal static class IpmiSession
{
    private const int GuidBytes = 16;

    /// <summary>Get System GUID (IPMI 2.0, 22.14).</summary>
    private const string AskGuid = "raw 0x06 0x37\n";
    private const string AskPower = "chassis power status\n";

    /// <summary>Words of ipmitool about a session that the BMC does not grant.</summary>
    private static readonly string[] Denials =
        ["RAKP 2 HMAC is invalid", "unauthorized name", "RAKP 4 message", "nsufficient privilege", "nsufficient role"];

    /// <summary>Its words about a BMC that did not answer.</summary>
    private static readonly string[] Silences =
        ["Get Auth Capabilities error", "Could not open socket", "Address lookup", "Close Session command failed",
            "no response from", "timeout"];

    /// <summary>Asks for GUID and power in one session, so that both are the same BMC's words.</summary>
    public static async Task<IpmiWord> AskAsync(
        FenceMethod method, FencingSettings settings, TimeSpan limit, CancellationToken cancel)
    {
        (ProgramEnd? end, IpmiWord? trouble) = await RunAsync(
            method, settings, (method.Uuid is null ? "" : AskGuid) + AskPower, limit, cancel).ConfigureAwait(false);
        if (end is null)
        {
            return trouble!;
        }

        // Each command's own failure shows in what is missing: the exit code is the last one's.
        return new IpmiWord(PowerIn(end.Output), GuidIn(end.Output), FenceTrouble.None, Words.Last(end.Errors));
    }

    /// <summary>One order; trouble None says that the BMC accepted it.</summary>
    public static async Task<IpmiWord> OrderAsync(
        FenceMethod method, FencingSettings settings, string order, CancellationToken cancel)
    {
        (ProgramEnd? end, IpmiWord? trouble) = await RunAsync(
            method, settings, $"chassis power {order}\n", settings.OrderDeadline, cancel).ConfigureAwait(false);
        return end switch
        {
            null => trouble!,
            { Code: 0 } => IpmiWord.Of(FenceTrouble.None, ""),
            _ => IpmiWord.Of(FenceTrouble.Refused, $"it refused the order ({Words.Last(end.Errors)})"),
        };
    }

    private static async Task<(ProgramEnd? End, IpmiWord? Trouble)> RunAsync(
        FenceMethod method, FencingSettings settings, string commands, TimeSpan limit, CancellationToken cancel)
    {
        if (FenceProgram.Obstacle(settings.Ipmitool) is { } obstacle)
        {
            return (null, IpmiWord.Of(FenceTrouble.Unusable, $"{obstacle}; install the package ipmitool there"));
        }

        (FenceCredentials? credentials, string? trouble) = FenceCredentials.Read(method.CredentialsFile);
        if (credentials is null)
        {
            return (null, IpmiWord.Of(FenceTrouble.Unauthorized, trouble!));
        }

        string[] arguments =
        [
            "-v", "-I", "lanplus", "-C", "3", "-N", "1", "-R", "1", "-E", "-U", credentials.User,
            "-H", method.IpmiHost.Trim('[', ']'), "-p", method.IpmiPort.ToString(CultureInfo.InvariantCulture),
            "exec", "/dev/stdin",
        ];
        ProgramEnd end = await FenceProgram.RunAsync(
            new ProgramCall(settings.Ipmitool, arguments, commands)
            {
                Environment = new Dictionary<string, string> { ["IPMI_PASSWORD"] = credentials.Password },
            },
            limit, settings.AnswerBytes, cancel).ConfigureAwait(false);
        end = end with { Errors = credentials.Hide(end.Errors) };
        return Judge(method, end, limit) is { } bad ? (null, bad) : (end, null);
    }

    /// <summary>What kept the session from coming about; null when there was one.</summary>
    private static IpmiWord? Judge(FenceMethod method, ProgramEnd end, TimeSpan limit) => end switch
    {
        { TimedOut: true } => IpmiWord.Of(
            FenceTrouble.Unreachable,
            $"no answer within {limit.TotalSeconds:0.#} s; check its power and the management network"),
        { Code: null } => IpmiWord.Of(FenceTrouble.Unusable, end.Errors),
        { Code: 0 } => null,
        _ when Says(end, Denials) is { } denial => IpmiWord.Of(
            FenceTrouble.Unauthorized,
            $"it refuses the user or the password ({denial}); correct {method.CredentialsFile}"),
        _ when Says(end, Silences) is { } silence => IpmiWord.Of(
            FenceTrouble.Unreachable, $"{silence}; check its power, address and management network"),
        _ when end.Errors.Contains("Unable to establish", StringComparison.Ordinal) => IpmiWord.Of(
            FenceTrouble.Refused, $"it grants no RMCP+ session with cipher suite 3 ({Words.Last(end.Errors)})"),
        _ => null,
    };

    private static string? Says(ProgramEnd end, string[] sentences) => end.Errors.Split('\n')
        .FirstOrDefault(line => sentences.Any(s => line.Contains(s, StringComparison.OrdinalIgnoreCase))) is { } line
            ? Words.Cut(line.Trim()) : null;

    private static PowerState PowerIn(string output) =>
        output.Contains("Chassis Power is on", StringComparison.Ordinal) ? PowerState.On
        : output.Contains("Chassis Power is off", StringComparison.Ordinal) ? PowerState.Off
        : PowerState.Unknown;

    private static ImmutableArray<byte> GuidIn(string output)
    {
        foreach (string line in output.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == GuidBytes && words.All(w => w.Length == 2 && w.All(char.IsAsciiHexDigit)))
            {
                return [.. words.Select(w => byte.Parse(w, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            }
        }

        return [];
    }
}
