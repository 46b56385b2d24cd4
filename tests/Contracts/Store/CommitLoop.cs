using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Store.Sqlite;

namespace Havm.Contracts.Store;

/// <summary>
/// The child process of the kill test: commits numbers as fast as it can, three records and a bulky one each, and
/// prints a number once its commit has answered.
/// </summary>
internal static class CommitLoop
{
    public const string Verb = "--commit-loop";

    public static readonly string[] Keys = ["first", "second", "third"];

    public static async Task<int> RunAsync(string directory)
    {
        await using SqliteStateStore store = await SqliteStateStore.OpenAsync(directory, CancellationToken.None);
        StoreContents contents = await store.LoadAsync(CancellationToken.None);
        long number = contents.Records.Where(r => r.Key == Keys[0])
            .Select(r => long.Parse(r.Json, CultureInfo.InvariantCulture)).SingleOrDefault();
        Epoch epoch = await store.TakeOfficeAsync(CancellationToken.None);
        await using Stream output = Console.OpenStandardOutput();
        while (true)
        {
            number++;
            string json = number.ToString(CultureInfo.InvariantCulture);
            string bulk = $"\"{new string('b', (int)(number * 7919 % 30_000))}\"";
            await store.CommitAsync(
                epoch,
                [new("n", Keys[0], json), new("n", Keys[1], json), new("n", "bulk", bulk), new("n", Keys[2], json)],
                CancellationToken.None);
            output.Write(System.Text.Encoding.ASCII.GetBytes(json + "\n"));
        }
    }
}
