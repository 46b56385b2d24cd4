namespace Havm.Core.Tests.Stories;

/// <summary>What a BMC of a story answers.</summary>
internal enum BmcMood
{
    /// <summary>Says what is and does what it is told.</summary>
    Honest,

    /// <summary>States nothing and obeys nothing; <see cref="SmallHost.BmcTrouble"/> says why.</summary>
    Dead,

    /// <summary>Says Off whatever is.</summary>
    SaysOff,

    /// <summary>Says what is, and takes orders without acting.</summary>
    Lazy,
}
