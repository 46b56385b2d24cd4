namespace Havm.Model;

/// <summary>A chassis as its BMC states it.</summary>
public enum PowerState
{
    /// <summary>Nothing was stated; a state in between (PoweringOff) is also unknown.</summary>
    Unknown,
    On,
    Off,
}
