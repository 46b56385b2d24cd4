namespace Havm.Model;

/// <summary>
/// What automation does by itself, as people name it: each may only observe. Leases, the warden's gate, proofs, guards
/// and verdicts are not among them: they do nothing to what is well, and everything else rests on them.
/// </summary>
public enum AutomationRule
{
    /// <summary>A node that is found dead, or cut off for too long, is powered off.</summary>
    Fencing,

    /// <summary>
    /// What a proven dead node ran, and what a host gave up, is taken back from it and starts elsewhere.
    /// </summary>
    Recovery,

    /// <summary>A node that our order switched off, or that instances wait for, is powered on.</summary>
    PowerOn,

    /// <summary>A host restarts in place a guest that ended, panicked or hangs.</summary>
    Repair,

    /// <summary>A node that goes too often is put into quarantine, one that stays dark out for repair.</summary>
    Quarantine,

    /// <summary>An instance that has lost its disks moves to a node that reaches them.</summary>
    StoragePath,

    /// <summary>
    /// Of a web instance whose endpoint stays down the role is restarted, then the machine, and then it moves.
    /// </summary>
    Endpoint,

    /// <summary>An instance moves to a node that its rules prefer, or away from one that they forbid.</summary>
    Failback,

    /// <summary>What maintenance moved away comes home.</summary>
    Return,

    /// <summary>Instances move to even out the load.</summary>
    Rebalance,
}
