using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Havm.Fencing;

/// <summary>Trusts the authorities in one PEM file and no others; the certificate must name the BMC's host.</summary>
internal static class PinnedTrust
{
    /// <summary>
    /// TLS options for a CA file, the system's own when it is null. The second value says why the file cannot be used.
    /// </summary>
    public static (SslClientAuthenticationOptions? Options, string? Trouble) Make(string? caFile)
    {
        var options = new SslClientAuthenticationOptions();
        if (caFile is null)
        {
            return (options, null);
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // A lab's or a rack's own authority publishes no revocation lists, and an order must not wait for one.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"authority file cannot be used: {error.Message}; check the caFile of this method");
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            return (null, $"authority file {caFile} holds no certificate; put the BMCs' authority there as PEM");
        }

        options.CertificateChainPolicy = policy;
        return (options, null);
    }
}
