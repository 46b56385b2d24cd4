using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace Havm.Contracts.Store;

public sealed class SqliteStateStoreTests : StateStoreContract, IDisposable
{
    private readonly SmallDisk _disk = new();

    private string StateDirectory => Path.Combine(_disk.Directory, "state");

    private string StateFile => Path.Combine(StateDirectory, SqliteStateStore.FileName);

    protected override string BackupName => Path.Combine(StateDirectory, "before-update.db");

    public void Dispose() => _disk.Dispose();

    protected override async Task<IStateStore> OpenAsync() => await SqliteStateStore.OpenAsync(StateDirectory, Cancel);

    protected override async Task<IStateStore> OpenBackupAsync(string target)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_disk.Directory, "restored")).FullName;
        File.Copy(target, Path.Combine(directory, SqliteStateStore.FileName));
        return await SqliteStateStore.OpenAsync(directory, Cancel);
    }

    protected override void FillDisk() => _disk.Fill();

    protected override void FreeDisk() => _disk.Free();

    protected override void Damage()
    {
        using FileStream file = new(StateFile, FileMode.Open, FileAccess.ReadWrite);
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);
        file.Position = 3 * 4096;
        file.Write(noise);
    }

    protected override void MakeNewer() => Edit("PRAGMA user_version = 2");

    [Fact]
    public async Task Damage_is_told_with_the_copies_that_could_replace_it()
    {
        await using (IStateStore store = await OpenAsync())
        {
            await store.BackupAsync(BackupName, Cancel);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupName));
        }

        await File.WriteAllTextAsync(StateFile, "this was a database once, but no longer is", Cancel);
        var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

        Assert.Equal(StoreTrouble.Corrupt, error.Trouble);
        Assert.Contains(BackupName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_keeps_a_copy_of_what_was_there()
    {
        await using (IStateStore store = await OpenAsync())
        {
            Epoch epoch = await store.TakeOfficeAsync(Cancel);
            await CommitAsync(store, epoch, new StoreWrite("n", "a", "1"));
        }

        IReadOnlyList<string> longer = [.. StoreSchema.Steps, "UPDATE record SET json = '2'"];
        await using (IStateStore migrated = await SqliteStateStore.OpenAsync(StateDirectory, longer, Cancel))
        {
            StoreContents contents = await migrated.LoadAsync(Cancel);
            Assert.Equal(2, contents.SchemaVersion);
            Assert.Equal([new StoreRecord("n", "a", "2")], contents.Records);
        }

        await using IStateStore copy = await OpenBackupAsync(StateFile + ".schema-1");
        StoreContents kept = await copy.LoadAsync(Cancel);
        Assert.Equal(1, kept.SchemaVersion);
        Assert.Equal([new StoreRecord("n", "a", "1")], kept.Records.Where(record => record.Table == "n"));
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing()
    {
        await using (IStateStore store = await OpenAsync())
        {
            Epoch epoch = await store.TakeOfficeAsync(Cancel);
            await CommitAsync(store, epoch, new StoreWrite("n", "a", "1"));
        }

        IReadOnlyList<string> broken = [.. StoreSchema.Steps, "UPDATE record SET json = '2'; UPDATE nowhere SET x = 1"];
        await Assert.ThrowsAsync<StoreException>(() => SqliteStateStore.OpenAsync(StateDirectory, broken, Cancel));

        await using IStateStore again = await OpenAsync();
        StoreContents contents = await again.LoadAsync(Cancel);
        Assert.Equal(1, contents.SchemaVersion);
        Assert.Equal([new StoreRecord("n", "a", "1")], contents.Records);
    }

    [Fact]
    public async Task Another_programs_file_is_left_alone()
    {
        Directory.CreateDirectory(StateDirectory);
        Edit("CREATE TABLE theirs (x)");
        byte[] before = await File.ReadAllBytesAsync(StateFile, Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

        Assert.Equal(StoreTrouble.Unusable, error.Trouble);
        Assert.Contains("another program", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(StateFile, Cancel));
    }

    [Fact]
    public async Task A_program_that_locks_the_file_is_waited_for_and_then_named_as_the_cause()
    {
        await using IStateStore store = await OpenAsync();
        using var foreign = new SqliteConnection($"Data Source={StateFile};Pooling=False");
        foreign.Open();
        using SqliteCommand command = foreign.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();

        var error = await Assert.ThrowsAsync<StoreException>(() => store.TakeOfficeAsync(Cancel));
        command.CommandText = "ROLLBACK";
        command.ExecuteNonQuery();

        Assert.Equal(StoreTrouble.HeldByAnother, error.Trouble);
        Assert.Equal(new Epoch(1), await store.TakeOfficeAsync(Cancel));
    }

    [Fact]
    public async Task A_path_that_is_no_directory_is_refused_in_words()
    {
        await File.WriteAllTextAsync(StateDirectory, "", Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(OpenAsync);

        Assert.Equal(StoreTrouble.Unusable, error.Trouble);
        Assert.Contains(StateDirectory, error.Message, StringComparison.Ordinal);
    }

    private void Edit(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={StateFile};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
