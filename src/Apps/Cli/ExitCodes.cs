namespace Havm.Cli;

/// <summary>How every command ends; part of the interface, also in help and docs.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>What was asked for failed, or was refused.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the input was wrong; nothing was tried.</summary>
    public const int BadInput = 2;

    /// <summary>No controller answered.</summary>
    public const int Unreachable = 3;

    /// <summary>The order stands, but what was waited for did not come in time.</summary>
    public const int TimedOut = 4;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;

    public const string Help = """
        Exit codes: 0 ok; 1 the thing asked for failed or was refused; 2 wrong usage or bad input;
        3 controller unreachable; 4 timed out waiting (the order stands); 130 interrupted.
        """;
}
