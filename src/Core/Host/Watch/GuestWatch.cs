using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>What is known of a guest since its vCPUs were let run.</summary>
public sealed record GuestSigns
{
    /// <summary>When the vCPUs were let run; null while they never were.</summary>
    public Instant? Released { get; init; }

    /// <summary>The guest agent that its process was made for.</summary>
    public GuestAgentKind Agent { get; init; }

    /// <summary>vCPUs are held now: nothing is judged.</summary>
    public bool Held { get; init; }

    /// <summary>The guest agent's last line; null before the first.</summary>
    public Instant? LastBeat { get; init; }

    /// <summary>When the counters of disk and network were last seen to move, or were first read.</summary>
    public Instant? LastIo { get; init; }

    /// <summary>The last reading of the counters.</summary>
    public Instant? LastRead { get; init; }

    public long DiskOperations { get; init; }

    public long NetworkBytes { get; init; }

    /// <summary>Since when the application is not ready after it was; null while it is or never was.</summary>
    public Instant? NotReadySince { get; init; }

    public bool Ready { get; init; }

    /// <summary>What the guest agent said when it gave its program up; null: it did not.</summary>
    public string? RoleGivenUp { get; init; }

    /// <summary>
    /// Whether its guest has asked within a day what is planned with it; null: its guest agent has not said.
    /// </summary>
    public bool? ReadsNotices { get; init; }

    /// <summary>The notice that its guest approved last; null: none.</summary>
    public string? Approved { get; init; }

    /// <summary>Somebody outside works on it (a backup, an update): its silence is not judged.</summary>
    public bool Busy { get; init; }

    /// <summary>Its disks are out of this node's reach: a guest that cannot write cannot speak.</summary>
    public bool DisksLost { get; init; }

    /// <summary>
    /// When such work ended, or its disks came back, under which its program was given up: it gets the wait to be set
    /// right. Null: not so.
    /// </summary>
    public Instant? FreedGivenUp { get; init; }

    /// <summary>Counters were read; a change of either is work.</summary>
    public GuestSigns WithIo(Instant now, long diskOperations, long networkBytes) => this with
    {
        LastIo = LastIo is null || diskOperations != DiskOperations || networkBytes != NetworkBytes ? now : LastIo,
        LastRead = now,
        DiskOperations = diskOperations,
        NetworkBytes = networkBytes,
    };

    /// <summary>After a hold every silence is counted anew: the guest could not have spoken.</summary>
    public GuestSigns Resumed(Instant now) => this with
    {
        Held = false,
        Released = Released is null || LastBeat is null ? now : Released,
        LastBeat = LastBeat is null ? null : now,
        LastIo = LastIo is null ? null : now,
        NotReadySince = NotReadySince is null ? null : now,
    };

    /// <summary>After a mark as busy every silence is counted anew: whoever set it was told so.</summary>
    public GuestSigns Freed(Instant now) => Anew(now) with { Busy = false };

    /// <summary>And so it is once its disks are back: it gets the whole wait to come round.</summary>
    public GuestSigns DisksFound(Instant now) => Anew(now) with { DisksLost = false };

    private GuestSigns Anew(Instant now) => this with
    {
        Released = Released is not null && LastBeat is null ? now : Released,
        LastBeat = LastBeat is null ? null : now,
        LastIo = LastIo is null ? null : now,
        NotReadySince = NotReadySince is null ? null : now,
        FreedGivenUp = RoleGivenUp is null ? null : now,
    };
}

/// <summary>
/// Judges a guest from outside. A guest that is silent but works is left alone, and so is one that never had the chance
/// to speak: held, without its disks, or still within its start deadline; nor one that is marked busy. Panic and exit
/// need no judgement, and a watchdog none while the guest has its disks.
/// </summary>
public static class GuestWatch
{
    /// <summary>
    /// How often counters are read, 0.25 to 5 s, so that a hang, and a monitor that is stuck, are found at most this
    /// late.
    /// </summary>
    public static TimeSpan ReadPeriod(RepairLimits limits) => limits.HangWait / 120 is var part
        && part < TimeSpan.FromSeconds(0.25) ? TimeSpan.FromSeconds(0.25)
        : part > TimeSpan.FromSeconds(5) ? TimeSpan.FromSeconds(5) : part;

    /// <summary>True when the counters of this guest should be read now.</summary>
    public static bool ReadIsDue(Instant now, MachineDefinition machine, GuestSigns signs) =>
        machine.Monitoring != MonitoringMode.Off && signs.Released is not null && !signs.Held
        && (signs.LastRead is not { } last || now - last >= ReadPeriod(machine.Repair));

    /// <summary>Null while nothing is wrong; else what is, in one sentence.</summary>
    public static GuestTrouble? Judge(Instant now, MachineDefinition machine, GuestSigns signs)
    {
        if (machine.Monitoring == MonitoringMode.Off || signs.Held || signs.Busy || signs.DisksLost
            || signs.Released is not { } released)
        {
            return null;
        }

        if (signs.RoleGivenUp is { } said && !(now - signs.FreedGivenUp < machine.Repair.HangWait))
        {
            return new GuestTrouble(HostIncidentKind.RoleFailure, "roleGivenUp", said);
        }

        var wait = machine.Repair.HangWait;
        if (signs.LastBeat is not { } beat)
        {
            // Nobody promised when a foreign agent first speaks: where the guest works meanwhile, it is left alone.
            var overdue = now - released >= machine.Repair.StartDeadline
                && (machine.Application is not null
                    || (signs.Agent == GuestAgentKind.Qemu && IdleFor(now, signs) >= wait));
            return overdue ? new GuestTrouble(HostIncidentKind.StartFailure, "startDeadline",
                $"no word from the guest within {Seconds(machine.Repair.StartDeadline)} of its start") : null;
        }

        if (now - beat >= wait && IdleFor(now, signs) is { } idle && idle >= wait)
        {
            return new GuestTrouble(HostIncidentKind.GuestHang, "silentAndIdle",
                $"silent for {Seconds(now - beat)} and without disk or network work for {Seconds(idle)}");
        }

        return machine.Monitoring == MonitoringMode.VmAndApplication && signs.NotReadySince is { } since
            && now - since >= wait
            ? new GuestTrouble(HostIncidentKind.GuestHang, "notReady",
                $"its application has not been ready for {Seconds(now - since)}")
            : null;
    }

    /// <summary>
    /// Whether a guest whose watchdog fired while its disks were out of reach has done nothing since they are back, for
    /// the whole wait.
    /// </summary>
    public static bool StaysBitten(Instant now, MachineDefinition machine, GuestSigns signs, Instant foundAt)
    {
        var wait = machine.Repair.HangWait;
        return now - foundAt >= wait && !HasSpoken(signs, foundAt) && (IdleFor(now, signs) ?? wait) >= wait;
    }

    /// <summary>Whether the guest has said a word since then.</summary>
    public static bool HasSpoken(GuestSigns signs, Instant since) => signs.LastBeat > since;

    /// <summary>For how long neither disk nor network moved; null while nobody has looked.</summary>
    private static TimeSpan? IdleFor(Instant now, GuestSigns signs) => now - signs.LastIo;

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.#} s";
}

/// <summary>What is wrong with a guest.</summary>
public sealed record GuestTrouble(HostIncidentKind Kind, string Code, string Message)
{
    /// <summary>Concluded from silence, or from what is not ready; all else is certain.</summary>
    public bool IsJudgement =>
        Kind is HostIncidentKind.GuestHang or HostIncidentKind.RoleFailure or HostIncidentKind.StartFailure;
}
