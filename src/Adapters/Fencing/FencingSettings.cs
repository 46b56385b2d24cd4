namespace Havm.Fencing;

/// <summary>The numbers of speaking to BMCs.</summary>
public sealed record FencingSettings
{
    /// <summary>
    /// Time for one read, connecting included; 100 ms to 30 s. SAFETY gathers evidence between suspect (2 s) and lost
    /// (4 s), so a slower answer is no answer.
    /// </summary>
    public TimeSpan ReadDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for one power order to be answered, after the read before it; 1 s to 1 min.</summary>
    public TimeSpan OrderDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest answer read from a BMC or a program, in bytes; 16 KiB to 16 MiB.</summary>
    public int AnswerBytes { get; init; } = 1 << 20;

    /// <summary>Where agents are installed.</summary>
    public string AgentsDirectory { get; init; } = "/usr/sbin";

    /// <summary>The program that speaks IPMI.</summary>
    public string Ipmitool { get; init; } = "/usr/bin/ipmitool";

    /// <summary>How long an unused connection is kept for the next read; 10 s to 1 h.</summary>
    public TimeSpan KeepConnection { get; init; } = TimeSpan.FromMinutes(5);
}
