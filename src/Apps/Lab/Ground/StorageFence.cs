using Havm.Lab.Tools;
using Havm.Model;

namespace Havm.Lab.Ground;

/// <summary>
/// A storage that can be told to refuse a node: an agent of the fence-agents contract that takes the node's mount away,
/// and keeps every later boot from making it, until it is told to take the node's writes again. What a node's QEMUs
/// have open is dead from then on, as with a SCSI reservation or an export that is withdrawn.
/// </summary>
public static class StorageFence
{
    public const string Agent = "fence_lab_storage";

    private const string Metadata = $"""
        <?xml version="1.0" ?>
        <resource-agent name="{Agent}" shortdesc="Storage of a lab">
        <parameters><parameter name="plug"><content type="string"/></parameter></parameters>
        <actions><action name="on" automatic="1"/><action name="off"/><action name="status"/><action name="metadata"/>
        </actions></resource-agent>
        """;

    /// <summary>Whether a node is refused now.</summary>
    public static bool Refuses(LabPlan plan, string node) => File.Exists(plan.Paths.Refused(node));

    /// <summary>How a node's object names the agent.</summary>
    public static FenceMethod Method(NodePlan node) => new()
    {
        Driver = FenceDriver.FenceAgent,
        Agent = Agent,
        Parameters = FenceMethod.NoParameters.Add("plug", node.Name),
        Datastores = [NodeConfig.DatastoreName],
        Timeout = FenceMethod.UsualTimeout(FenceDriver.FenceAgent),
    };

    /// <summary>Writes the agent where the lab's controller looks for agents.</summary>
    public static void Write(LabPlan plan)
    {
        Directory.CreateDirectory(plan.Paths.FenceAgents);
        var file = $"{plan.Paths.FenceAgents}/{Agent}";
        LabFiles.WriteText(file, Script(plan));
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
    }

    private static string Script(LabPlan plan) => $$"""
        #!/bin/sh
        # Written by havm-lab: storage that refuses a node, for whoever speaks the fence-agents contract.
        while IFS='=' read -r key value; do
            case $key in action) action=$value ;; plug) node=$value ;; esac
        done
        case ${action:-} in
            metadata) cat <<'XML'
        {{Metadata}}
        XML
                exit 0 ;;
        esac
        case ${node:-} in
        {{string.Concat(plan.Nodes.Select(node => Known(plan, node)))}}
            *) echo "plug: there is no node '${node:-}'" >&2; exit 1 ;;
        esac
        case ${action:-} in
            status) [ -e "$refused" ] && exit 2; exit 0 ;;
            off)
                : > "$refused"
                while read -r pid; do kill -9 "$pid"; done < "$tree/{{LoopScript.Datastore}}/cgroup.procs"
                exit 0 ;;
            on)
                rm -f "$refused"
                read -r init < "$tree/{{LoopScript.Init}}/cgroup.procs" || exit 0
                mount_again | nsenter --target "$init" --mount sh ;;
            *) echo "action: '${action:-}' is unknown" >&2; exit 1 ;;
        esac

        """;

    private static string Known(LabPlan plan, NodePlan node) => $$"""
            {{node.Name}})
                refused={{LoopScript.Quote(plan.Paths.Refused(node.Name))}}
                tree={{LoopScript.Quote(plan.CgroupOf(node.Name) ?? "")}}
                mount_again() {
                    cat <<'MOUNT'
        {{LoopScript.DatastoreRemount(plan, node)}}
        MOUNT
                } ;;

        """;
}
