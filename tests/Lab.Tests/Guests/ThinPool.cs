using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Guests;

/// <summary>
/// The place of one instance's disks on one node, over memory that can be filled up and given back. Either its file
/// system is what is full: a write finds no room. Or a pool below it is, as with thin provisioning: the file system has
/// room and takes each write, and its flush finds none.
/// </summary>
internal sealed class ThinPool : IAsyncDisposable
{
    private readonly string _init;
    private readonly string _pool;
    private readonly string _place;

    private ThinPool(LabPlan plan, string node, string instance)
    {
        _init = $"{ProcessTrees.Of(plan, node).Processes(LoopScript.Init)[0]}";
        _pool = $"{plan.Paths.Node(node)}/pool";
        _place = $"{plan.Paths.NodeDatastore(node)}/instances/{instance}";
    }

    /// <param name="below">A pool below the file system is what can be full.</param>
    public static async Task<ThinPool> MakeAsync(LabPlan plan, string node, string instance, bool below)
    {
        var pool = new ThinPool(plan, node, instance);
        await pool.RunAsync("mkdir -p $place $pool && mount -t tmpfs -o size=48m none $pool");
        await pool.RunAsync(
            below
                ? """
                  truncate -s 256m $pool/image
                  mkfs.ext4 -q -F -O ^has_journal -E nodiscard,lazy_itable_init=0 -N 64 $pool/image
                  mount -o loop $pool/image $place
                  """
                : "mkdir $pool/files && mount --bind $pool/files $place");
        return pool;
    }

    /// <summary>Whatever room is left is taken.</summary>
    public Task FillAsync() => RunAsync("! dd if=/dev/zero of=$pool/ballast bs=64k 2>$pool/../filled");

    public Task GiveBackAsync() => RunAsync("rm $pool/ballast");

    public async ValueTask DisposeAsync() =>
        await RunAsync("umount --lazy $place; umount --lazy $pool; rmdir $place $pool; rm -f $pool/../filled");

    /// <summary>In the node's own mounts.</summary>
    private Task RunAsync(string script) => Tool.RunAsync(
        "nsenter", ["--target", _init, "--mount", "sh", "-e"],
        $"pool={LoopScript.Quote(_pool)}\nplace={LoopScript.Quote(_place)}\n{script}\n");
}
