using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Havm.Cli.Controller;
using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

/// <summary>Sends one order, tells what was answered, and waits if that was asked for.</summary>
internal static class Orders
{
    /// <param name="send">Sends the order; the answer is an <see cref="OrderAnswer"/>.</param>
    /// <param name="look">What <c>--wait</c> waits for; null: the order itself is all.</param>
    public static Task<int> RunAsync(
        ParseResult parse, string subject, Func<ControllerClient, CancellationToken, Task<byte[]>> send,
        Waiter.LookAsync? look, CancellationToken cancel) =>
        RunAsync(
            parse, subject, send, ApiJson.Default.OrderAnswer,
            (order, page) => page.Text($"{order.Object}: {order.Message}"), look, cancel);

    /// <summary>An order whose answer is of another type.</summary>
    public static async Task<int> RunAsync<T>(
        ParseResult parse, string subject, Func<ControllerClient, CancellationToken, Task<byte[]>> send,
        JsonTypeInfo<T> type, Action<T, Page> render, Waiter.LookAsync? look, CancellationToken cancel)
    {
        using var client = new ControllerClient(parse.GetRequiredValue(CommonOptions.Socket));
        byte[] answer = await send(client, cancel);
        Viewer.Print(answer, parse.GetValue(CommonOptions.Output), type, render);
        if (look is not null)
        {
            await Waiter.UntilAsync(parse, client, subject, look, cancel);
        }

        return ExitCodes.Ok;
    }
}
