using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Roles of stateless instances.</summary>
internal static class ServiceKind
{
    private const int MaxInstances = 1000;

    private static readonly TemplateFields<RoleSpec> Template = new(r => r.Template);

    private static readonly ApplicationFields<RoleSpec> Application = new(r => r.Template.Application);

    private static readonly Member<RoleSpec, string> RoleName = Member.Required<RoleSpec, string>(
        "name", TextType.Name, r => r.Name, "Unique within the service.");

    private static readonly Member<RoleSpec, RoleType> Type = Member.Required<RoleSpec, RoleType>(
        "type", new WordType<RoleType>(), r => r.Type, "`web` takes requests; `worker` does not.");

    private static readonly Member<RoleSpec, int> Instances = Member.Required<RoleSpec, int>(
        "instances", new IntegerType(0, MaxInstances), r => r.Instances,
        "How many; when it shrinks, the highest index leaves first.");

    private static readonly Shape<RoleSpec> RoleShape = new(
        [RoleName, Type, Instances, .. Template.Size, .. Template.Rest, .. Application.Members],
        v => new RoleSpec
        {
            Name = v.Get(RoleName),
            Type = v.Get(Type),
            Instances = v.Get(Instances),
            Template = Template.Build(v, Application.Build(v)),
        },
        Template.DependsOnce, Template.WatchesSomething([Application.Command], Application.Asked),
        Template.RunsWhatItCan([Application.Command], Application.Asked), Application.Rule);

    private static readonly Member<ServiceSpec, ImmutableArray<RoleSpec>> Roles =
        Member.Required<ServiceSpec, ImmutableArray<RoleSpec>>(
            "roles", new ListType<RoleSpec>(RoleShape, 64, Min: 1, Key: "name"), s => s.Roles,
            "Each role is some instances that are all alike.");

    public static readonly SpecKind Service = new ServiceSpecKind(
        new Shape<ServiceSpec>([Roles], v => new ServiceSpec { Roles = v.Get(Roles) }));

    private sealed class ServiceSpecKind(Shape<ServiceSpec> shape) : SpecKind<ServiceSpec>(
        "Service", "Roles of stateless instances that boot from a known-good image and are replaced at will.", shape)
    {
        /// <summary>Instances are named service-role-index, and that is a name like every other.</summary>
        public override (string Reason, string Remedy)? CheckName(string objectName, Spec? spec)
        {
            if ((spec as ServiceSpec)?.Roles.MaxBy(role => role.Name.Length) is not { } longest)
            {
                return null;
            }

            int length = $"{objectName}-{longest.Name}-{MaxInstances - 1}".Length;
            return length <= NameRules.MaxLength
                ? null
                : ($"makes names of {length} characters with role \"{longest.Name}\", more than {NameRules.MaxLength}",
                    $"shorten the service's or the role's name by {length - NameRules.MaxLength}");
        }
    }
}
