namespace Havm.Model;

/// <summary>A guest's network card, as others on its network know it.</summary>
/// <param name="Instance">Whose.</param>
/// <param name="Mac">Lower case, colon separated.</param>
/// <param name="Address">IPv4, without a prefix length.</param>
public sealed record GuestCard(InstanceName Instance, string Mac, string Address)
{
    /// <summary>Cards that one question names at most; more are left out.</summary>
    public const int AtOnce = 64;
}

/// <summary>A guest has answered another node on its own network, just now.</summary>
/// <param name="Node">The node that was asked about.</param>
/// <param name="Instance">Who answered.</param>
public sealed record GuestAnswer(NodeName Node, InstanceName Instance);
