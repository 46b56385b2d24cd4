using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Admission;
using Havm.Model;
using Havm.Runtime.Control;
using Havm.Specs;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Objects in and out: apply, delete, get.</summary>
internal static class SpecRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/apply", ApplyAsync).Produces<ApplyResult>().Produces<ErrorView>(400);
        app.MapPost("/v1/delete", DeleteAsync).Produces<ApplyResult>().Produces<ErrorView>(400);
        app.MapGet("/v1/objects/{kind}", List).Produces<ListView<ObjectView>>().Produces<ErrorView>(404);
        app.MapGet("/v1/objects/{kind}/{name}", One).Produces<ObjectView>().Produces<ErrorView>(404);
        app.MapDelete("/v1/objects/{kind}/{name}", DeleteOneAsync).Produces<ApplyResult>().Produces<ErrorView>(404);
    }

    private static async Task<IResult> ApplyAsync(
        HttpRequest request, ApiContext api, CancellationToken cancel, bool dryRun = false)
    {
        var (objects, errors) = SpecParser.Parse(await BodyAsync(request, cancel), "input");
        errors = [.. errors, .. await FenceCheck.CheckAsync(objects, api.Config, api.Agents, cancel)];
        if (!errors.IsEmpty)
        {
            return Answers.Invalid(errors);
        }

        var outcome = await api.Runner.OrderAsync(id => new SpecsSubmitted(id, objects, dryRun, "operator"), cancel);
        return outcome.Accepted
            ? Applied(api, outcome, dryRun)
            : Answers.Invalid(outcome.Errors);
    }

    private static async Task<IResult> DeleteAsync(
        HttpRequest request, ApiContext api, CancellationToken cancel, bool dryRun = false)
    {
        var (keys, errors) = SpecParser.ParseNames(await BodyAsync(request, cancel), "input");
        return errors.IsEmpty ? await DeleteKeysAsync(api, keys, dryRun, cancel) : Answers.Invalid(errors);
    }

    private static Task<IResult> DeleteOneAsync(string kind, string name, ApiContext api, CancellationToken cancel) =>
        DeleteKeysAsync(api, [new SpecKey(SpecSchema.FindKind(kind) ?? kind, name)], false, cancel);

    private static async Task<IResult> DeleteKeysAsync(
        ApiContext api, ImmutableArray<SpecKey> keys, bool dryRun, CancellationToken cancel)
    {
        var outcome = await api.Runner.OrderAsync(id => new SpecsDeleted(id, keys, dryRun, "operator"), cancel);
        return outcome.Accepted ? Applied(api, outcome, dryRun) : Answers.Refused(outcome);
    }

    private static IResult Applied(ApiContext api, OrderOutcome outcome, bool dryRun)
    {
        var specs = api.Runner.Committed.Ledger.Specs;
        return Results.Json(new ApplyResult
        {
            DryRun = dryRun,
            Objects =
            [
                .. outcome.Objects.Select(o => new AppliedObject(
                    o.Object.Split('/')[0], o.Object.Split('/')[1], Enum.Parse<ApplyOutcome>(o.Change.ToString()),
                    dryRun ? 0 : specs.GetValueOrDefault(o.Object)?.Revision ?? 0,
                    [.. outcome.Warnings.Where(w => w.Object == o.Object).Select(w => w.Message)],
                    o.Message.Length > 0 ? o.Message : null)),
            ],
        }, ApiJson.Default.ApplyResult);
    }

    private static IResult List(string kind, ApiContext api)
    {
        if (SpecSchema.FindKind(kind) is not { } known)
        {
            return Answers.NotFound($"kind {kind}", $"name one of: {string.Join(", ", SpecSchema.Kinds)}");
        }

        var lens = api.Lens();
        return Results.Json(
            lens.List(
                lens.Cluster.Ledger.Specs.Values.Where(o => o.Spec.Kind == known).Select(lens.Object),
                o => o.Metadata.Name),
            ApiJson.Default.ListViewObjectView);
    }

    private static IResult One(string kind, string name, ApiContext api)
    {
        var lens = api.Lens();
        var key = new SpecKey(SpecSchema.FindKind(kind) ?? kind, name);
        return lens.Cluster.Ledger.Specs.TryGetValue(key.ToString(), out var item)
            ? Results.Json(lens.Object(item), ApiJson.Default.ObjectView)
            : Answers.NotFound(Absent.Of(lens.Cluster.Ledger, key));
    }

    private static async Task<string> BodyAsync(HttpRequest request, CancellationToken cancel)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(cancel);
    }
}
