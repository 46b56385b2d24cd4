using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is wrong with a set of objects in the cluster they are meant for: names that lead nowhere, and wishes that no
/// node could ever hold. All errors at once; nothing is applied while there is one.
/// </summary>
public sealed class SpecCheck
{
    private readonly Ledger _after;
    private readonly Survey _survey;
    private readonly DependencyCheck _dependencies;

    private SpecCheck(Ledger after, ImmutableArray<SpecObject> submitted)
    {
        _after = after;
        _survey = new Survey(after);
        _dependencies = new DependencyCheck(after, submitted);
    }

    /// <param name="after">The ledger as it would be with them.</param>
    public static ImmutableArray<SpecError> Check(Ledger after, ImmutableArray<SpecObject> submitted)
    {
        var check = new SpecCheck(after, submitted);
        var twice = submitted.GroupBy(o => o.Key).Where(same => same.Count() > 1).Select(same => new SpecError(
            same.Key.ToString(), "", $"is given {same.Count()} times", "give each object once"));
        return [.. twice, .. submitted.SelectMany(check.Check)];
    }

    private IEnumerable<SpecError> Check(SpecObject item) => item.Spec switch
    {
        VirtualMachineSpec vm =>
            [
                .. Template(item.Key, "spec", vm.Template), .. Disks(item.Key, vm), .. Names(item),
                .. vm.FirstNode is { } first
                    ? Missing<NodeSpec>(item.Key, "spec.firstNode", "Node", first.Value)
                    : [],
                .. Addresses(item.Key, vm.Template.Networks),
                .. _dependencies.Check(item.Key),
            ],
        ServiceSpec service =>
        [
            .. service.Roles.SelectMany((role, i) => Template(item.Key, $"spec.roles[{i}]", role.Template)),
            .. Names(item),
            .. Addresses(item.Key, service.Roles.SelectMany(r => r.Template.Networks)),
            .. _dependencies.Check(item.Key),
        ],
        NodeSpec node => Node(item.Key, node),
        DatastoreSpec { Enforcing: false } => Unenforced(item.Key),
        NetworkSpec network => [.. Overlaps(item.Key, network), .. Addresses(item.Key, [item.Key.Name])],
        AvailabilitySetSpec set => Set(item.Key, set),
        LoadBalancerSpec balancer => BalancerCheck.Check(_after, item.Key, balancer),
        PlacementRuleSpec rule => new RuleCheck(_after, _survey).Check(item.Key, rule),
        QuorumGroupSpec group => Group(item.Key, group),
        ImageSpec image => Missing<DatastoreSpec>(item.Key, "spec.datastore", "Datastore", image.Datastore),
        _ => [],
    };

    private IEnumerable<SpecError> Group(SpecKey key, QuorumGroupSpec group) =>
        group.Members.Index().Where(member => !_survey.Plans.Contains(member.Item.Instance)).Select(member =>
            new SpecError(key.ToString(), $"spec.members[{member.Index}].instance",
                $"no object asks for an instance {member.Item.Instance}",
                "name one that `havm vm list` lists, or apply its object first"));

    private IEnumerable<SpecError> Template(SpecKey key, string path, InstanceTemplate template)
    {
        IEnumerable<SpecError> missing =
        [
            .. Missing<ImageSpec>(key, $"{path}.image", "Image", template.Image),
            .. template.Networks.SelectMany((n, i) => Missing<NetworkSpec>(key, $"{path}.networks[{i}]", "Network", n)),
            .. template.AvailabilitySet is { } set
                ? Missing<AvailabilitySetSpec>(key, $"{path}.availabilitySet", "AvailabilitySet", set)
                : [],
        ];
        return _survey.Fits(template) ? missing : missing.Append(new SpecError(key.ToString(), path,
            $"{template.Vcpus} vCPUs with {template.Memory} fit on no node, "
                + $"not even an empty one; {_survey.LargestNode}",
            "make it smaller, or apply a larger Node first"));
    }

    private IEnumerable<SpecError> Disks(SpecKey key, VirtualMachineSpec vm)
    {
        foreach (var (disk, i) in vm.Disks.Select((d, i) => (d, i)))
        {
            foreach (var error in Missing<DatastoreSpec>(
                key, $"spec.disks[{i}].datastore", "Datastore", disk.Datastore))
            {
                yield return error;
            }

            if (disk.ExistingFile is { } file && _survey.OtherOwnerOf(disk.Datastore, file, key.Name) is { } owner)
            {
                yield return new SpecError(key.ToString(), $"spec.disks[{i}].existingFile",
                    $"{file} on {disk.Datastore} is already a disk of VirtualMachine/{owner}",
                    "give each VirtualMachine a file of its own");
            }
        }
    }

    /// <summary>No instance name may be asked for twice.</summary>
    private IEnumerable<SpecError> Names(SpecObject item)
    {
        foreach (var plan in InstancePlan.Of(item).DistinctBy(p => p.Name))
        {
            if (!NameRules.IsLegal(plan.Name.Value))
            {
                yield return new SpecError(item.Key.ToString(), "metadata.name",
                    $"instance name {plan.Name} would be longer than {NameRules.MaxLength} characters",
                    "choose shorter names for service and role");
            }

            var same = _survey.Plans[plan.Name].ToList();
            if (same.FirstOrDefault(p => p.Owner != item.Key) is { } other)
            {
                yield return new SpecError(item.Key.ToString(), "metadata.name",
                    $"instance {plan.Name} already belongs to {other.Owner}", "choose another name");
            }
            else if (same.Count > 1)
            {
                yield return new SpecError(item.Key.ToString(), "spec.roles",
                    $"instance {plan.Name} is asked for by two roles", "give each role a name of its own");
            }
        }
    }

    /// <summary>A network must have an address for every card that is asked for.</summary>
    private IEnumerable<SpecError> Addresses(SpecKey key, IEnumerable<string> networks)
    {
        foreach (var name in networks.Distinct())
        {
            if (_after.Find<NetworkSpec>("Network", name) is { } network
                && _survey.CardsOn(name) > AddressPool.Size(network))
            {
                yield return new SpecError(key.ToString(), "",
                    $"Network/{name} has {AddressPool.Size(network)} addresses to give, "
                        + $"and {_survey.CardsOn(name)} cards are asked for",
                    "make its range larger, or ask for fewer instances");
            }
        }
    }

    private IEnumerable<SpecError> Overlaps(SpecKey key, NetworkSpec network)
    {
        var twin = _after.All<NetworkSpec>()
            .FirstOrDefault(o => o.Name != key.Name && AddressPool.Overlap(o.Spec, network)).Name;
        if (twin is not null)
        {
            yield return new SpecError(key.ToString(), "spec.cidr", $"{network.Cidr} overlaps with Network/{twin}",
                "give each network addresses of its own");
        }
    }

    private IEnumerable<SpecError> Node(SpecKey key, NodeSpec node)
    {
        foreach (var error in Missing<RackSpec>(key, "spec.rack", "Rack", node.Rack.Value))
        {
            yield return error;
        }

        foreach (var (method, field) in node.Methods)
        {
            foreach (var error in Cuts(key, method, field))
            {
                yield return error;
            }

            if (method.Uuid is { } uuid && _survey.OtherNodeWith(uuid, key.Name) is { } twin)
            {
                yield return new SpecError(key.ToString(), $"{field}.uuid",
                    $"{uuid} is also Node/{twin}'s: fencing one would switch off the other",
                    "read the UUID of this very machine from its BMC");
            }
            else if (_survey.OtherNodeBehind(method, key.Name) is { } shared)
            {
                var (does, end) = method.CutsStorage ? ("cuts off", "cut") : ("switches", "switch");
                yield return new SpecError(key.ToString(), field,
                    $"{shared.At} also {does} Node/{shared.Name}: fencing one would {end} off the other",
                    $"name what {does} this very machine, and nothing else");
            }
        }
    }

    /// <summary>Only storage that refuses a fenced node's writes is worth an agent that tells it to.</summary>
    private IEnumerable<SpecError> Cuts(SpecKey key, FenceMethod method, string at)
    {
        foreach (var (i, name) in method.Datastores.Index())
        {
            var field = $"{at}.datastores[{i}]";
            foreach (var error in Missing<DatastoreSpec>(key, field, "Datastore", name))
            {
                yield return error;
            }

            if (_after.Find<DatastoreSpec>("Datastore", name) is { Enforcing: false })
            {
                yield return new SpecError(key.ToString(), field, $"Datastore/{name} is not enforcing",
                    "write enforcing: true there if its storage refuses a fenced node's writes, or remove it here");
            }
        }
    }

    private IEnumerable<SpecError> Unenforced(SpecKey key)
    {
        if (_survey.CutFrom(key.Name) is { } node)
        {
            yield return new SpecError(key.ToString(), "spec.enforcing",
                $"is not true, and fencing of Node/{node} cuts off {key.Name}",
                $"write enforcing: true if its storage refuses a fenced node's writes, or remove it from Node/{node}");
        }
    }

    private IEnumerable<SpecError> Set(SpecKey key, AvailabilitySetSpec set)
    {
        if (_survey.Racks > 0 && set.FaultDomains > _survey.Racks)
        {
            yield return new SpecError(key.ToString(), "spec.faultDomains",
                $"{set.FaultDomains} asked for, and the cluster has {Count.Of(_survey.Racks, "rack")}",
                $"write {_survey.Racks} or less, or apply more racks");
        }
    }

    private IEnumerable<SpecError> Missing<T>(SpecKey key, string field, string kind, string name) where T : Spec
    {
        if (_after.Find<T>(kind, name) is null)
        {
            yield return new SpecError(key.ToString(), field, $"{kind}/{name} does not exist",
                $"apply it first, or name one that `havm get {kind}` lists");
        }
    }
}
