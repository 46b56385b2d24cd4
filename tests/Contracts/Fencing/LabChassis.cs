using System.Net;
using System.Security.Cryptography.X509Certificates;
using Havm.Contracts.Transport;
using Havm.Lab.Chassis;
using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LabPower = Havm.Lab.Ground.PowerState;
using PowerState = Havm.Model.PowerState;

namespace Havm.Contracts.Fencing;

/// <summary>
/// The lab's own BMC in front of a node of two idle processes, without namespaces: what is switched off really ends.
/// </summary>
public sealed class LabChassis : ITrustedChassis
{
    private readonly LabPlan _plan;
    private readonly NodePlan _node;
    private readonly WebApplication _app;
    private readonly CountingLog _log = new();
    private int _connections;

    public LabChassis()
    {
        string directory = Directory.CreateTempSubdirectory("havm-bmc-").FullName;
        string[] idle = ["sleep", "600"];
        _node = new NodePlan(
            "n1", "rack1", 1, 1, "127.77.1.1", "127.78.1.1", FreePorts.Pair(), Guid.NewGuid().ToString());
        _plan = new LabPlan(
            $"c{Random.Shared.Next(99_999)}", directory, true, false, null, null, "havm", ["rack1"], [_node],
            new LabCommands(idle, idle, idle));
        Directory.CreateDirectory(_plan.Paths.Run(_node.Name));
        Directory.CreateDirectory(_plan.Paths.Chassis);
        LabCertificates.WriteAll(_plan);
        _app = Serve(LabCertificates.Read(_plan, _node));
    }

    /// <summary>Connections that clients have made so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public string Credentials => _plan.Paths.BmcCredentials;

    public FenceMethod Spec => new()
    {
        Url = _node.BmcUrl,
        SystemId = _node.Name,
        Uuid = _node.Uuid.ToUpperInvariant(),
        CredentialsFile = Credentials,
        CaFile = _plan.Paths.AuthorityFile,
    };

    public PowerState Power
    {
        get => new NodePower(_plan).Read(_node).Power switch
        {
            LabPower.On => PowerState.On,
            LabPower.Off => PowerState.Off,
            LabPower.PoweringOff => PowerState.Unknown,
        };
        set => LabFiles.WriteJson(
            _plan.Paths.Power(_node.Name), new PowerRecord(ToLab(value), "boot", DateTime.UtcNow));
    }

    public int Orders => _log.Lines;

    public FenceMethod WithWrongPassword()
    {
        LabFiles.WriteSecret(Credentials + ".wrong", "havm:wrong\n");
        return Spec with { CredentialsFile = Credentials + ".wrong" };
    }

    public FenceMethod WithOtherAuthority()
    {
        LabPlan another = _plan with { Directory = $"{_plan.Directory}/other" };
        Directory.CreateDirectory(another.Paths.Chassis);
        LabCertificates.WriteAll(another);
        return Spec with { CaFile = another.Paths.AuthorityFile };
    }

    public void BeTruthful() => Behave(BmcBehaviour.Ok);

    public void BeDead() => Behave(BmcBehaviour.Dead);

    public void Lie() => Behave(BmcBehaviour.Lying);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await new PowerOrders(_plan).OffAsync([_node]);
        Directory.Delete(_plan.Directory, recursive: true);
    }

    private static LabPower ToLab(PowerState power) => power switch
    {
        PowerState.On => LabPower.On,
        PowerState.Off => LabPower.Off,
        PowerState.Unknown => LabPower.PoweringOff,
    };

    private void Behave(BmcBehaviour behaviour) =>
        LabFiles.WriteText(_plan.Paths.BmcMode(_node.Name), $"{behaviour} 0\n");

    private WebApplication Serve(X509Certificate2 certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Parse(_node.BmcAddress), _node.BmcPort, listen =>
            {
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref _connections);
                    return next(connection);
                });
                listen.UseHttps(certificate);
            }));
        WebApplication app = builder.Build();
        app.Run(new RedfishEndpoint(_plan, new PowerOrders(_plan), _log).AnswerAsync);
        app.Start();
        return app;
    }

    /// <summary>The endpoint logs one line for each order that it has carried out.</summary>
    private sealed class CountingLog : ILogger
    {
        private int _lines;

        public int Lines => Volatile.Read(ref _lines);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Information)
            {
                Interlocked.Increment(ref _lines);
            }
        }
    }
}
