using System.Security.Cryptography;
using System.Text;
using Havm.Model;

namespace Havm.Network;

/// <summary>Names taps: the instance's name where it fits into the kernel's 15 characters, else a hash of it.</summary>
internal static class TapName
{
    /// <summary>Leaves room for a prefix of two letters, two dashes and two digits of the card.</summary>
    private const int LongestInstance = 9;

    public static string Of(string prefix, InstanceName instance, int card) => StemOf(prefix, instance) + card;

    /// <summary>All of the name but the card's number.</summary>
    public static string StemOf(string prefix, InstanceName instance)
    {
        string name = instance.Value;
        if (name.Length <= LongestInstance)
        {
            return $"{prefix}-{name}-";
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return $"{prefix}_{Convert.ToHexStringLower(hash)[..LongestInstance]}-";
    }
}
