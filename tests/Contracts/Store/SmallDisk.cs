using System.Diagnostics;

namespace Havm.Contracts.Store;

/// <summary>A disk of a few mebibytes that a test can fill: a tmpfs of its own. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Mebibytes = 8;

    public SmallDisk()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("havm-store-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={Mebibytes}m", "havm-test", Directory);
    }

    public string Directory { get; }

    private string Filler => Path.Combine(Directory, "filler");

    public void Fill()
    {
        byte[] block = new byte[4096];
        using FileStream file = new(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily, because a process that another test is starting holds our files between its fork and its exec.
        Run("umount", "--lazy", Directory);
        System.IO.Directory.Delete(Directory);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }
}
