using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class ServiceTables
{
    public static void List(ListView<ServiceView> services, Page page)
    {
        var table = new TextTable(
            new("SERVICE"), new("PHASE"), new("ROLE"), new("TYPE", 3), new("READY", Right: true),
            new("RUNNING", 2, Right: true), new("CONFIRMED", 1, Right: true), new("CONFIRMED AT", 5),
            new("REASON", 4, Stretch: true));
        foreach (ServiceView service in services.Items)
        {
            foreach (RoleView role in service.Roles)
            {
                table.Add(
                    service.Name, Tones.Phase(service.Phase), role.Name, role.Type,
                    new Cell($"{role.Ready}/{role.Wanted}", role.Ready >= role.Wanted ? Tone.Good : Tone.Warn),
                    $"{role.Running}", Times.Ago(service.Confirmed), Times.Absolute(service.Confirmed),
                    service.Reason?.Message);
            }
        }

        page.Table(table, "There are no services.");
    }

    public static void Show(ServiceView service, Page page)
    {
        page.Field("Service", new Cell(service.Name, Tone.Strong));
        page.Field("Phase", Tones.Phase(service.Phase));
        Parts.Reason(page, service.Reason);
        page.Field("Confirmed", Times.Both(service.Confirmed));
        foreach (RoleView role in service.Roles)
        {
            page.Heading($"Role {role.Name} ({role.Type}): {role.Ready} of {role.Wanted} ready");
            page.Table(InstanceTables.Table(role.Instances.IsDefault ? [] : role.Instances), "It has no instances.");
        }

        Parts.Conditions(page, service.Conditions);
    }
}
