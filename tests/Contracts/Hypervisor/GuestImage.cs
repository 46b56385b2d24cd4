using Havm.Runtime.Processes;

namespace Havm.Contracts.Hypervisor;

/// <summary>
/// The lab's guest image: HAVM_GUEST_IMAGE names a finished one, else it is built below artifacts/, once.
/// </summary>
internal static class GuestImage
{
    private static readonly Lazy<Task<string>> Built = new(BuildAsync);

    /// <summary>Directory with vmlinux, initrd.cpio and base.qcow2.</summary>
    public static Task<string> DirectoryAsync() =>
        Environment.GetEnvironmentVariable("HAVM_GUEST_IMAGE") is { Length: > 0 } given
            ? Task.FromResult(given)
            : Built.Value;

    private static async Task<string> BuildAsync()
    {
        string repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(repository, "Havm.slnx")))
        {
            repository = Path.GetDirectoryName(repository)
                ?? throw new InvalidOperationException("these tests run from a build inside the repository");
        }

        string image = Path.Join(repository, "artifacts", "guest-image");
        var build = await ShortCommand.RunAsync(
            Path.Join(repository, "lab/guest/build"), [image], "", TimeSpan.FromMinutes(15), CancellationToken.None);
        Assert.True(build.Succeeded, build.Error);
        return image;
    }
}
