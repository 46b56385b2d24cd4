using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Havm.Contracts.Transport;
using Havm.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Havm.Contracts.Fencing;

/// <summary>A BMC that answers whatever a test tells it to: what no lab's endpoint would ever say.</summary>
internal sealed class ScriptedBmc : IAsyncDisposable
{
    public const string Uuid = "11111111-2222-4333-8444-555555555555";

    private readonly string _directory = Directory.CreateTempSubdirectory("havm-bmc-").FullName;
    private readonly WebApplication _app;
    private readonly List<string> _requests = [];

    public ScriptedBmc(RequestDelegate answer)
    {
        using X509Certificate2 certificate = MakeCertificate();
        int port = FreePorts.Pair();
        Spec = new FenceMethod
        {
            Url = $"https://127.0.0.1:{port}",
            SystemId = "n1",
            Uuid = Uuid,
            CredentialsFile = Path.Combine(_directory, "credentials"),
            CaFile = Path.Combine(_directory, "ca.pem"),
        };
        File.WriteAllText(Spec.CaFile, certificate.ExportCertificatePem());
        File.WriteAllText(Spec.CredentialsFile, "user:password");
        File.SetUnixFileMode(Spec.CredentialsFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        X509Certificate2 served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(served)));
        _app = builder.Build();
        _app.Run(http =>
        {
            lock (_requests)
            {
                _requests.Add($"{http.Request.Method} {http.Request.Path}");
            }

            return answer(http);
        });
        _app.Start();
    }

    public FenceMethod Spec { get; }

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=scripted", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
