using System.Diagnostics;
using Havm.Hypervisor.Qemu;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Model;

namespace Havm.Contracts.Hypervisor;

/// <summary>What a machine writes for as long as it lives takes no more than so much of its node's disk.</summary>
public sealed class LogLimitTests : IDisposable
{
    private const int Limit = 10_000;
    private const int Tail = 100;

    private readonly MachineFiles _files =
        MachineFiles.Of(Directory.CreateTempSubdirectory("havm-logs-").FullName, new InstanceName("web-0"));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_files.Directory)!, recursive: true);

    [Fact]
    public void Both_logs_are_cut_to_their_tails_and_their_writers_go_on_behind_them()
    {
        Directory.CreateDirectory(_files.Directory);
        foreach (string log in (string[])[_files.ConsoleLog, _files.QemuLog])
        {
            using var writer = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            writer.Write(new byte[Limit]);
            writer.Write("the last word"u8);
            writer.Flush();

            LogLimit.Apply(_files, Limit, Tail);

            Assert.Equal(Tail, new FileInfo(log).Length);
            Assert.EndsWith("the last word", Said(log));
        }
    }

    [Fact]
    public void What_is_within_the_limit_stays_and_what_is_not_there_does_no_harm()
    {
        Directory.CreateDirectory(_files.Directory);
        File.WriteAllBytes(_files.QemuLog, new byte[Limit]);

        LogLimit.Apply(_files, Limit, Tail);

        Assert.Equal(Limit, new FileInfo(_files.QemuLog).Length);
        Assert.False(File.Exists(_files.ConsoleLog));
    }

    /// <summary>As a shell's append redirection writes, which is how QEMU's output is taken.</summary>
    [Fact]
    public async Task A_process_that_appends_goes_on_after_the_tail()
    {
        Directory.CreateDirectory(_files.Directory);
        File.WriteAllBytes(_files.QemuLog, new byte[Limit + 1]);
        string[] words = ["-c", "exec >>\"$0\"; read _; echo more", _files.QemuLog];
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", words) { RedirectStandardInput = true })!;

        LogLimit.Apply(_files, Limit, Tail);
        await shell.StandardInput.WriteLineAsync();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Tail + "more\n".Length, new FileInfo(_files.QemuLog).Length);
        Assert.EndsWith("more\n", Said(_files.QemuLog));
    }

    private static string Said(string log)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
