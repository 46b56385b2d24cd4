using System.Reflection;
using System.Text.Json;
using Havm.Core;
using Havm.Model;
using Havm.Runtime.State;

namespace Havm.Runtime.Tests;

/// <summary>
/// Records leave out what is null. Where null means something and the declared default is something else ("never"), a
/// record that left it out would be read back as that default.
/// </summary>
public sealed class StoredNothingTests
{
    [Fact]
    public void Never_is_still_never_when_it_was_stored()
    {
        var policy = new PolicySpec { Liveness = new LivenessPolicy { CutOffAfter = null } };

        Assert.Null(LedgerJson.Read<PolicySpec>(LedgerJson.Write(policy))!.Liveness.CutOffAfter);
    }

    [Fact]
    public void Whatever_may_be_null_and_is_not_by_default_is_stored_when_it_is_null()
    {
        var found = Members().ToList();

        Assert.Contains(found, member => member.Name == nameof(LivenessPolicy.CutOffAfter));
        Assert.All(found, member =>
        {
            var record = Activator.CreateInstance(member.DeclaringType!)!;
            member.SetValue(record, null);
            using var written = JsonDocument.Parse(LedgerJson.Write<object>(record));
            var name = JsonNamingPolicy.CamelCase.ConvertName(member.Name);
            Assert.True(
                written.RootElement.TryGetProperty(name, out _),
                $"{member.DeclaringType!.Name}.{member.Name}: say [JsonIgnore(Condition = Never)]");
        });
    }

    private static IEnumerable<PropertyInfo> Members() =>
        from type in typeof(PolicySpec).Assembly.GetTypes().Concat(typeof(Cluster).Assembly.GetTypes())
        where type is { IsAbstract: false, IsGenericType: false } && type.GetConstructor(Type.EmptyTypes) is not null
        let fresh = Activator.CreateInstance(type)
        from member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where member.CanWrite && Nullable.GetUnderlyingType(member.PropertyType) is not null
            && member.GetValue(fresh) is not null
        select member;
}
