namespace Havm.Lab.Ground;

/// <summary>
/// The shell script that plays a machine's init: it keeps command lines alive as systemd's Restart=always would, 200 ms
/// after they end. A shell costs a megabyte; twelve of them are what a laptop can spare.
/// </summary>
public static class LoopScript
{
    public const string Init = "init";
    public const string Agent = "agent";
    public const string Warden = "warden";
    public const string Datastore = "datastore";
    public const string Guests = "vms";

    /// <summary>One command line to keep alive, in its own part of the tree, with its own log.</summary>
    public sealed record Loop(string Part, string Log, IReadOnlyList<string> Command);

    /// <summary>A node's init: its datastore first, then agent and warden; then `booted` appears.</summary>
    public static string ForNode(LabPlan plan, NodePlan node)
    {
        var home = plan.Paths.Node(node.Name);
        var mount = plan.UsesNamespaces ? MountLines(plan, node) : "";
        return Head(plan, node.Name, plan.Paths.Run(node.Name)) + mount + Loops(
        [
            new Loop(Agent, $"{home}/agent.log", Fill(plan.Commands.Agent, home)),
            new Loop(Warden, $"{home}/warden.log", Fill(plan.Commands.Warden, home)),
        ]) + $": > {Quote(plan.Paths.Booted(node.Name))}\nwait\n";
    }

    /// <summary>The loop of one process of the lab's own: the controller, the chassis.</summary>
    public static string ForOne(LabPlan plan, string group, string home, IReadOnlyList<string> command) =>
        Head(plan, group, home) + Loops([new Loop(group, $"{home}/{group}.log", Fill(command, home))]) + "wait\n";

    /// <summary>Mounts the datastore for this node alone.</summary>
    /// <remarks>
    /// The read-only floor below it means: while the datastore is away, nobody writes into the bare directory instead.
    /// Locks are the node's own kernel's, not forwarded: bindfs on libfuse 2 never hears that a killed holder of an OFD
    /// lock is gone, so that a machine with a disk could not be restarted where it was; and it drops a living holder's
    /// lock when anybody closes the file. What keeps nodes apart is proofs, never such locks.
    /// A file whose time and size are the same at the next opening keeps its pages (auto_cache, asked at each opening),
    /// as an NFS client does it; without that every start of a guest reads the kernel's 53 MB through the mount anew.
    /// What guests boot from is read once beforehand: each node of a lab has a cache of its own and few guests, where a
    /// real one has run such guests before.
    /// </remarks>
    public static string DatastoreMount(LabPlan plan, NodePlan node) => $"""
        (
            echo 0 > {Quote(plan.CgroupOf(node.Name) + "/" + Datastore)}/cgroup.procs
            exec bindfs --multithreaded -o auto_cache,ac_attr_timeout=0 \
                {Quote(plan.Paths.Datastore)} {Quote(plan.Paths.NodeDatastore(node.Name))}
        ) || exit 1
        cat {Quote(plan.Paths.NodeDatastore(node.Name))}/images/* >/dev/null 2>&1 &

        """;

    /// <summary>Mounts it anew where one was; what was open in that stays dead.</summary>
    public static string DatastoreRemount(LabPlan plan, NodePlan node) =>
        $"umount --lazy {Quote(plan.Paths.NodeDatastore(node.Name))}\n" + DatastoreMount(plan, node);

    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static IReadOnlyList<string> Fill(IReadOnlyList<string> command, string home) =>
        [.. command.Select(word => word.Replace("{dir}", home, StringComparison.Ordinal))];

    private static string MountLines(LabPlan plan, NodePlan node) =>
        $"mount -t tmpfs -o ro,size=4k none {Quote(plan.Paths.NodeDatastore(node.Name))} || exit 1\n"
        + $"if [ ! -e {Quote(plan.Paths.Refused(node.Name))} ]; then\n{DatastoreMount(plan, node)}fi\n";

    private static string Head(LabPlan plan, string group, string run) => $$"""
        #!/bin/sh
        # Written by havm-lab: keeps this machine's processes alive until the machine loses its power.
        cd {{Quote(run)}} || exit 1
        stopping={{Quote(run + "/stopping")}}
        # A killed .NET process would leave its diagnostic sockets in the machine's /tmp.
        export DOTNET_EnableDiagnostics=0
        export DOTNET_NOLOGO=1
        # Small heaps and single-mapped code: a dozen runtimes share one machine.
        export DOTNET_EnableWriteXorExecute=0
        export DOTNET_GCgen0size=0x200000
        keep() {
            part=$1; log=$2; shift 2
            while [ ! -e "$stopping" ]; do
                (
                    {{(plan.Cgroup is null ? ":" : $"echo 0 > {Quote(plan.CgroupOf(group)!)}/$part/cgroup.procs")}}
                    export {{TaggedTree.Variable}}={{plan.Name}}/{{group}}/$part
                    exec "$@"
                ) >>"$log" 2>&1 </dev/null
                sleep 0.2
            done
        }

        """;

    private static string Loops(IEnumerable<Loop> loops) => string.Concat(loops.Select(loop =>
        $"keep {loop.Part} {Quote(loop.Log)} {string.Join(' ', loop.Command.Select(Quote))} &\n"));
}
