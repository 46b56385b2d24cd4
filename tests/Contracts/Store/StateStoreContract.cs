using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Store;

/// <summary>What every state store promises; run by the real one and by its simulated twin.</summary>
public abstract class StateStoreContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens this test's state once more, as another process would.</summary>
    protected abstract Task<IStateStore> OpenAsync();

    /// <summary>Opens a copy that <see cref="IStateStore.BackupAsync"/> made under this name.</summary>
    protected abstract Task<IStateStore> OpenBackupAsync(string target);

    /// <summary>A name for a copy.</summary>
    protected abstract string BackupName { get; }

    protected abstract void FillDisk();

    protected abstract void FreeDisk();

    /// <summary>Damages the closed state.</summary>
    protected abstract void Damage();

    /// <summary>Makes the closed state look written by a later version.</summary>
    protected abstract void MakeNewer();

    [Fact]
    public async Task A_new_store_is_empty_and_nobody_is_in_office()
    {
        await using IStateStore store = await OpenAsync();

        StoreContents contents = await store.LoadAsync(Cancel);

        Assert.Equal(Epoch.None, contents.Epoch);
        Assert.Empty(contents.Records);
        Assert.Equal(1, contents.SchemaVersion);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_reopening_and_what_was_deleted_is_not()
    {
        string long20k = $"{{\"text\":\"{new string('é', 20_000)}\"}}";
        await using (IStateStore store = await OpenAsync())
        {
            Epoch epoch = await store.TakeOfficeAsync(Cancel);
            await CommitAsync(store, epoch, new("seat", "a", "1"), new("seat", "b", "2"), new("spec", "a", long20k));
            await CommitAsync(store, epoch, new("seat", "a", "3"), new("seat", "b", null), new("seat", "absent", null));
        }

        await using IStateStore again = await OpenAsync();
        StoreContents contents = await again.LoadAsync(Cancel);

        Assert.Equal(new Epoch(1), contents.Epoch);
        Assert.Equal(
            [new StoreRecord("seat", "a", "3"), new StoreRecord("spec", "a", long20k)],
            contents.Records.OrderBy(r => r.Table));
    }

    [Fact]
    public async Task Each_term_of_office_has_a_higher_epoch_also_after_reopening()
    {
        await using (IStateStore store = await OpenAsync())
        {
            Assert.Equal(new Epoch(1), await store.TakeOfficeAsync(Cancel));
            Assert.Equal(new Epoch(2), await store.TakeOfficeAsync(Cancel));
        }

        await using IStateStore again = await OpenAsync();
        Assert.Equal(new Epoch(3), await again.TakeOfficeAsync(Cancel));
    }

    [Fact]
    public async Task A_deposed_leader_changes_nothing()
    {
        await using IStateStore store = await OpenAsync();
        Epoch old = await store.TakeOfficeAsync(Cancel);
        await CommitAsync(store, old, new StoreWrite("seat", "a", "1"));
        Epoch young = await store.TakeOfficeAsync(Cancel);

        CommitOutcome outcome = await store.CommitAsync(
            old, [new("seat", "a", "2"), new("seat", "b", "2"), new("seat", "c", null)], Cancel);
        CommitOutcome future = await store.CommitAsync(young.Next, [new("seat", "a", "9")], Cancel);

        Assert.Equal(CommitOutcome.Deposed, outcome);
        Assert.Equal(CommitOutcome.Deposed, future);
        StoreContents contents = await store.LoadAsync(Cancel);
        Assert.Equal([new StoreRecord("seat", "a", "1")], contents.Records);
        Assert.Equal(young, contents.Epoch);
    }

    [Fact]
    public async Task Commits_apply_in_the_order_they_were_asked()
    {
        await using IStateStore store = await OpenAsync();
        Epoch epoch = await store.TakeOfficeAsync(Cancel);

        Task<CommitOutcome>[] commits = [.. Enumerable.Range(1, 100)
            .Select(i => store.CommitAsync(epoch, [new("n", "last", $"{i}"), new("n", $"{i:000}", "0")], Cancel))];
        await Task.WhenAll(commits);

        StoreContents contents = await store.LoadAsync(Cancel);
        Assert.Equal(101, contents.Records.Count);
        Assert.Equal("100", contents.Records.Single(r => r.Key == "last").Json);
    }

    [Fact]
    public async Task A_second_opener_is_refused_until_the_first_is_gone()
    {
        await using (IStateStore first = await OpenAsync())
        {
            var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

            Assert.Equal(StoreTrouble.HeldByAnother, error.Trouble);
            Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
            Assert.Contains("stop", error.Message, StringComparison.Ordinal);
            Assert.Equal(new Epoch(1), await first.TakeOfficeAsync(Cancel));
        }

        await using IStateStore second = await OpenAsync();
        Assert.Equal(new Epoch(1), (await second.LoadAsync(Cancel)).Epoch);
    }

    [Fact]
    public async Task A_copy_made_under_load_holds_a_committed_state()
    {
        await using IStateStore store = await OpenAsync();
        Epoch epoch = await store.TakeOfficeAsync(Cancel);
        await CommitAsync(store, epoch, new("n", "a", "0"), new("n", "b", "0"));
        Task load = Task.Run(
            async () =>
            {
                for (int i = 1; i <= 50; i++)
                {
                    await CommitAsync(store, epoch, new("n", "a", $"{i}"), new("n", "b", $"{i}"));
                }
            },
            Cancel);

        await store.BackupAsync(BackupName, Cancel);
        await load;

        await using IStateStore copy = await OpenBackupAsync(BackupName);
        StoreContents contents = await copy.LoadAsync(Cancel);
        Assert.Equal(epoch, contents.Epoch);
        StoreRecord mark = Assert.Single(contents.Records, record => record.Table == BackupMark.Table);
        Assert.Equal(BackupMark.Key, mark.Key);
        Assert.True(DateTimeOffset.TryParse(mark.Json.Trim('"'), CultureInfo.InvariantCulture, out _), mark.Json);
        Assert.Equal(2, contents.Records.Count(record => record.Table == "n"));
        Assert.Single(contents.Records.Where(record => record.Table == "n").Select(record => record.Json).Distinct());
        Assert.DoesNotContain((await store.LoadAsync(Cancel)).Records, record => record.Table == BackupMark.Table);
        var error = await Assert.ThrowsAsync<StoreException>(() => store.BackupAsync(BackupName, Cancel));
        Assert.Equal(StoreTrouble.Unusable, error.Trouble);
    }

    [Fact]
    public async Task On_a_full_disk_a_commit_leaves_nothing_and_with_room_it_works_again()
    {
        await using IStateStore store = await OpenAsync();
        Epoch epoch = await store.TakeOfficeAsync(Cancel);
        await CommitAsync(store, epoch, new StoreWrite("n", "kept", "1"));
        string large = $"\"{new string('x', 200_000)}\"";

        FillDisk();
        var error = await Assert.ThrowsAsync<StoreException>(
            () => store.CommitAsync(epoch, [new("n", "kept", "2"), new("n", "lost", large)], Cancel));
        StoreContents afterwards = await store.LoadAsync(Cancel);
        FreeDisk();

        Assert.Equal(StoreTrouble.Full, error.Trouble);
        Assert.Contains("free", error.Message, StringComparison.Ordinal);
        Assert.Equal([new StoreRecord("n", "kept", "1")], afterwards.Records);
        Assert.Equal(epoch.Next, await store.TakeOfficeAsync(Cancel));
        await CommitAsync(store, epoch.Next, new StoreWrite("n", "later", large));
        Assert.Equal(["kept", "later"], (await store.LoadAsync(Cancel)).Records.Select(r => r.Key).Order());
    }

    [Fact]
    public async Task Damage_is_found_at_opening_and_not_served()
    {
        await using (IStateStore store = await OpenAsync())
        {
            Epoch epoch = await store.TakeOfficeAsync(Cancel);
            await CommitAsync(store, epoch, [.. Enumerable.Range(0, 200).Select(i =>
                new StoreWrite("n", $"{i}", $"\"{new string('y', 500)}\""))]);
        }

        Damage();
        var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

        Assert.Equal(StoreTrouble.Corrupt, error.Trouble);
        Assert.Contains("copy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_newer_version_wrote_is_left_alone()
    {
        await (await OpenAsync()).DisposeAsync();
        MakeNewer();

        var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

        Assert.Equal(StoreTrouble.NewerSchema, error.Trouble);
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        IStateStore store = await OpenAsync();
        await store.DisposeAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => store.LoadAsync(Cancel));

        Assert.Equal(StoreTrouble.Unusable, error.Trouble);
    }

    protected static async Task CommitAsync(IStateStore store, Epoch epoch, params StoreWrite[] writes) =>
        Assert.Equal(CommitOutcome.Committed, await store.CommitAsync(epoch, writes, Cancel));
}
