namespace Havm.Model;

/// <summary>What automation concludes from nodes that fail again and again, or have just come back.</summary>
public sealed record NodeLifePolicy
{
    /// <summary>False: no node is put into quarantine, probation or out for repair but by order.</summary>
    public bool Automatic { get; init; } = true;

    /// <summary>Unannounced departures <see cref="Within"/> that lead to quarantine; 2 to 16.</summary>
    public int Departures { get; init; } = 3;

    /// <summary>1 min to 7 days.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a quarantine lasts; 1 min to 7 days, at least the probation.</summary>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromHours(2);

    /// <summary>
    /// The most nodes in quarantine by automation at a time, in percent of all; 0 to 50. One may be, where it is not 0.
    /// </summary>
    public int AtMost { get; init; } = 25;

    /// <summary>How long a node that came back must have been up before it is fit again; 0 s to 24 h.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A node in probation, and one that is kept away for what a diagnosis found, is fit only after a diagnosis that
    /// found nothing bad. False: time alone makes it fit.
    /// </summary>
    public bool Diagnose { get; init; } = true;

    /// <summary>When the answer of a diagnosis is due; its host looks for half of it; 30 s to 30 min.</summary>
    public TimeSpan DiagnoseWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After how long one that failed, or was not answered, is made again; 1 min to 24 h.</summary>
    public TimeSpan DiagnoseAgain { get; init; } = TimeSpan.FromMinutes(10);
}
