using Havm.Fencing;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Runtime.Ports;
using Havm.Store.Sqlite;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Havm.Controller.Api;

/// <summary>The REST API on a root-only unix socket and, when asked for, on loopback.</summary>
internal static class ApiServer
{
    public const string SocketName = "havm.sock";

    private const long MaxBody = 1 << 20;

    /// <summary>
    /// Who still reads when the controller ends is given this long: a term that is over must not linger, because
    /// nothing heals until the next one begins.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public static WebApplication Make(
        ControllerConfig config, ControllerRunner runner, SqliteStateStore store, IClock clock,
        FenceAgents agents)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, config));
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LastWords);
        builder.Services.AddOpenApi("v1");
        builder.Services.AddSingleton(new ApiContext(config, runner, store, clock, agents));
        var app = builder.Build();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandler = Failed, AllowStatusCode404Response = true });
        app.MapOpenApi("/openapi/{documentName}.json");
        SpecRoutes.Map(app);
        InstanceRoutes.Map(app);
        ClusterRoutes.Map(app);
        IncidentRoutes.Map(app);
        QuorumRoutes.Map(app);
        ReportRoutes.Map(app);
        LongLeaseRoutes.Map(app);
        DisarmRoutes.Map(app);
        EventRoutes.Map(app);
        app.MapFallback(context => Answers.NotFound(
            $"path {context.Request.Path}", "GET /openapi/v1.json lists every path").ExecuteAsync(context));
        app.Lifetime.ApplicationStarted.Register(
            () => File.SetUnixFileMode(SocketOf(config), UnixFileMode.UserRead | UnixFileMode.UserWrite));
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, ControllerConfig config)
    {
        kestrel.Limits.MaxRequestBodySize = MaxBody;
        kestrel.AddServerHeader = false;

        // The store's lock is held by now, so a socket that still lies here is a dead controller's.
        File.Delete(SocketOf(config));
        kestrel.ListenUnixSocket(SocketOf(config));
        if (config.ApiListen is { } loopback)
        {
            kestrel.Listen(System.Net.IPEndPoint.Parse(loopback));
        }
    }

    private static string SocketOf(ControllerConfig config) => Path.Combine(config.RunDir, SocketName);

    private static Task Failed(HttpContext context)
    {
        if (context.Features.Get<IExceptionHandlerFeature>()?.Error is StoreException trouble)
        {
            var over = new SpecError("controller", "state", $"its term ended: {trouble.Message}",
                "mend that and start it again; then look whether your order stands");
            return Answers.Problem(StatusCodes.Status503ServiceUnavailable, "termEnded", [over]).ExecuteAsync(context);
        }

        var error = new SpecError("request", context.Request.Path, "the controller failed to answer this request",
            "see the controller's log; nothing was changed");
        return Answers.Problem(StatusCodes.Status500InternalServerError, "internal", [error]).ExecuteAsync(context);
    }
}

/// <summary>What every endpoint works with.</summary>
internal sealed record ApiContext(
    ControllerConfig Config, ControllerRunner Runner, SqliteStateStore Store, IClock Clock,
    FenceAgents Agents)
{
    public Views.Lens Lens() =>
        new(Runner.Committed, Clock.Now, Clock.Wall, Config, () => Runner.Events.After(0).Events);
}
