using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>What is wrong with a load balancer in its cluster: nothing to front, or a port that is taken.</summary>
internal static class BalancerCheck
{
    public static IEnumerable<SpecError> Check(Ledger after, SpecKey key, LoadBalancerSpec balancer)
    {
        var (name, found) = (key.ToString(), after.Find<ServiceSpec>("Service", balancer.Service));
        if (found is null)
        {
            yield return new SpecError(name, "spec.service", $"Service/{balancer.Service} does not exist",
                "apply it first, or name one that `havm get Service` lists");
        }
        else if (found.Roles.FirstOrDefault(r => r.Name == balancer.Role) is not { } role)
        {
            yield return new SpecError(name, "spec.role", $"Service/{balancer.Service} has no role {balancer.Role}",
                $"write one of {string.Join(", ", found.Roles.Select(r => r.Name))}");
        }
        else if (role.Type != RoleType.Web)
        {
            yield return new SpecError(name, "spec.role", $"role {balancer.Role} is a worker: it takes no requests",
                "name a role of type web, or change its type");
        }
        else if (role.Template.Networks.IsEmpty)
        {
            yield return new SpecError(name, "spec.role", $"instances of role {balancer.Role} have no address",
                "give the role a network");
        }

        foreach (var (other, spec) in after.All<LoadBalancerSpec>())
        {
            if (other != key.Name && spec.Listen == balancer.Listen && (spec.Address == balancer.Address
                || LoadBalancerSpec.AnyAddress == spec.Address || LoadBalancerSpec.AnyAddress == balancer.Address))
            {
                yield return new SpecError(name, "spec.listen",
                    $"LoadBalancer/{other} listens on {spec.Address}:{spec.Listen} already",
                    "give each load balancer a port, or an address, of its own");
            }
        }
    }
}
