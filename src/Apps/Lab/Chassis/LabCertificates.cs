using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>
/// The lab's own certificate authority and one server certificate per BMC, made anew at every `up`. The authority's
/// key is thrown away at once: nobody can issue a further certificate that a lab's controller would trust.
/// </summary>
public static class LabCertificates
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);

    /// <summary>Writes authority, certificates, keys (0600) and the BMCs' user and password (0600).</summary>
    public static void WriteAll(LabPlan plan)
    {
        // A clock that is a little behind must still find them valid.
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        var until = from + Validity;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Havm lab {plan.Name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, until);
        LabFiles.WriteText(plan.Paths.AuthorityFile, authority.ExportCertificatePem() + "\n");
        foreach (var node in plan.Nodes)
        {
            Issue(plan, node, authority);
        }

        LabFiles.WriteSecret(
            plan.Paths.BmcCredentials,
            $"{plan.BmcUser}:{RandomNumberGenerator.GetHexString(24, lowercase: true)}\n");
    }

    /// <summary>A BMC's certificate with its key, as the chassis serves it.</summary>
    public static X509Certificate2 Read(LabPlan plan, NodePlan node) => X509Certificate2.CreateFromPemFile(
        plan.Paths.Certificate(node.Name), plan.Paths.CertificateKey(node.Name));

    private static void Issue(LabPlan plan, NodePlan node, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=bmc-{node.Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(node.BmcAddress));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        LabFiles.WriteText(plan.Paths.Certificate(node.Name), certificate.ExportCertificatePem() + "\n");
        LabFiles.WriteSecret(plan.Paths.CertificateKey(node.Name), key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
