namespace Havm.Wire.Guest;

/// <summary>What is planned with the guest, in the words of the scheduled events that it may read.</summary>
/// <param name="Id">One plan; told again it is the same.</param>
/// <param name="NotBefore">It does not begin for as long, counted from when it is first heard.</param>
/// <param name="Description">One sentence for a person.</param>
public sealed record NoticeSpec(
    string Id, NoticeType Type, TimeSpan NotBefore, NoticeSource Source, string Description);

/// <summary>What is planned.</summary>
public enum NoticeType
{
    /// <summary>A shutdown and a start where it is.</summary>
    Reboot,

    /// <summary>A shutdown and a start on another node.</summary>
    Redeploy,

    /// <summary>A shutdown.</summary>
    Terminate,
}

/// <summary>Who wants it.</summary>
public enum NoticeSource
{
    /// <summary>Whoever runs the cluster: maintenance, or automation.</summary>
    Platform,

    /// <summary>A person who named this instance.</summary>
    User,
}
