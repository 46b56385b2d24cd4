using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Havm.Model;
using Havm.Wire.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Havm.Cli.Tests;

/// <summary>
/// A web server on a unix socket that answers what a test lays down for it and remembers what it was asked.
/// </summary>
internal sealed class FakeController : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> answers = new();

    private FakeController(string socket)
    {
        Socket = socket;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Its path is short: a unix socket's may have 107 bytes.</summary>
    public string Socket { get; }

    /// <summary>"POST /v1/apply?dryRun=true" and the body, in the order of arrival.</summary>
    public ConcurrentQueue<(string Call, string Body)> Asked { get; } = new();

    public static async Task<FakeController> StartAsync(string? socket = null)
    {
        var fake = new FakeController(socket ?? FreshSocket());
        await fake.app.StartAsync();
        return fake;
    }

    public static string FreshSocket() => Path.Combine(Path.GetTempPath(), $"havm-{Guid.NewGuid():N}"[..20] + ".sock");

    public FakeController Answer<T>(string call, T view, JsonTypeInfo<T> type, int status = 200) =>
        Answer(call, async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(view, type));
        });

    public FakeController Refuse(string call, int status, string code, params SpecError[] errors) =>
        Answer(call, new ErrorView { Code = code, Errors = [.. errors] }, ApiJson.Default.ErrorView, status);

    public FakeController Answer(string call, Func<HttpContext, Task> answer)
    {
        answers[call] = answer;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
        File.Delete(Socket);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        string call = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        Asked.Enqueue((call, await reader.ReadToEndAsync()));
        if (answers.TryGetValue(call, out Func<HttpContext, Task>? answer))
        {
            await answer(context);
            return;
        }

        await AbsentAsync(context, call);
    }

    /// <summary>What the controller says of something that is not there.</summary>
    public static async Task AbsentAsync(HttpContext context, string what)
    {
        context.Response.StatusCode = 404;
        SpecError error = new(what, "", "does not exist", "ask for another");
        var unknown = new ErrorView { Code = "notFound", Errors = [error] };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(unknown, ApiJson.Default.ErrorView));
    }
}
