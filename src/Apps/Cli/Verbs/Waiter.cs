using System.CommandLine;
using System.Diagnostics;
using Havm.Cli.Controller;
using Havm.Cli.Output;

namespace Havm.Cli.Verbs;

/// <summary>Looks again and again until something has come true, and says what it is waiting for.</summary>
internal static class Waiter
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public delegate Task<Seen> LookAsync(ControllerClient client, CancellationToken cancel);

    /// <summary>How one look went.</summary>
    /// <param name="Lack">What is still lacking; null when it has come true.</param>
    /// <param name="Rest">What comes true later and is not waited for; null when nothing is.</param>
    public readonly record struct Seen(string? Lack, string? Rest = null)
    {
        public static implicit operator Seen(string? lack) => new(lack);
    }

    /// <summary>Waits if <c>--wait</c> was given.</summary>
    /// <exception cref="CliFailure">It did not come true in time, or the controller stayed away.</exception>
    public static async Task UntilAsync(
        ParseResult parse, ControllerClient client, string subject, LookAsync look, CancellationToken cancel)
    {
        if (parse.GetValue(CommonOptions.Wait))
        {
            await ComesTrueAsync(parse, client, subject, look, cancel);
        }
    }

    /// <summary>Waits for as long as <c>--timeout</c> allows.</summary>
    /// <exception cref="CliFailure">As above.</exception>
    public static async Task ComesTrueAsync(
        ParseResult parse, ControllerClient client, string subject, LookAsync look, CancellationToken cancel)
    {
        string asked = parse.GetRequiredValue(CommonOptions.Timeout);
        TimeSpan limit = Times.Parse(asked)!.Value;
        var clock = Stopwatch.StartNew();
        string? told = null;
        while (true)
        {
            string? lack;
            string? rest = null;
            int exit = ExitCodes.TimedOut;
            try
            {
                (lack, rest) = await look(client, cancel);
            }
            catch (CliFailure failure) when (failure.ExitCode == ExitCodes.Unreachable)
            {
                // A controller may restart while its order is carried out.
                lack = failure.Errors[0].Reason;
                exit = ExitCodes.Unreachable;
            }

            if (lack is null)
            {
                string but = rest is null ? "" : $", but {rest}";
                Console.Error.WriteLine($"{subject}: done after {Times.Length(clock.Elapsed.TotalSeconds)}{but}");
                return;
            }

            if (clock.Elapsed >= limit)
            {
                throw CliFailure.Of(
                    exit, subject, "--timeout", $"did not come true within {asked}: {lack}",
                    "the order stands: look again later, or see havm incident list and havm vm explain");
            }

            if (lack != told)
            {
                Console.Error.WriteLine($"{subject}: waiting: {lack}");
                told = lack;
            }

            await Task.Delay(Look, cancel);
        }
    }
}
