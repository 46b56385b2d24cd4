namespace Havm.Cli.Doctor;

/// <summary>Whether this machine is the one that its Node object's BMC switches: by the UUID that both tell.</summary>
internal sealed class IdentityCheck : ICheck
{
    private const string Dmi = "/sys/class/dmi/id/product_uuid";

    public string Name => "identity";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Finding>>(site.Node is { } node
            ? [Look(site, node.Config.Node, node.Config.MachineIdFile)]
            : []);

    private static Finding Look(Site site, string name, string? configured)
    {
        if (site.Nodes is not { } nodes)
        {
            return Finding.Skip("", $"the object Node/{name} is not known here",
                "name the file with your objects: --file FILE");
        }

        if (nodes.FirstOrDefault(node => node.Name == name) is not { } own)
        {
            return Finding.Fail("", $"there is no object Node/{name}", "", $"add Node/{name} to your objects");
        }

        if (own.Spec.Rungs is not [var bmc, ..])
        {
            return Finding.Skip("", $"Node/{name} has no BMC");
        }

        if (bmc.Uuid is not { } uuid)
        {
            return Finding.Warn("", $"nothing tells whether {bmc.Place} switches this machine",
                "spec.bmc.uuid is missing", "write uuid where the BMC tells one; else try it by hand");
        }

        string? here = configured is null ? site.Read(Dmi) : Text(configured);
        return here is { Length: > 0 }
            ? Judge(here, uuid)
            : Finding.Skip("", $"{configured ?? Dmi} cannot be read", "run it as root, or set machineIdFile");
    }

    public static Finding Judge(string here, string bmc) =>
        !Guid.TryParse(here, out Guid machine) || !Guid.TryParse(bmc, out Guid told)
            ? Finding.Fail("", "one of both is no UUID", $"this machine: {here}; spec.bmc.uuid: {bmc}",
                "correct spec.bmc.uuid")
            : machine == told
                ? Finding.Ok("", "this machine is the one that its BMC switches", here)
                : Swapped(machine) == told
                    ? Finding.Warn("", "the BMC tells the UUID with its first three parts turned round",
                        $"this machine: {here}; spec.bmc.uuid: {bmc}",
                        "keep spec.bmc.uuid as the BMC tells it, once you have seen that it is this machine")
                    : Finding.Fail("", "its BMC switches another machine",
                        $"this machine: {here}; spec.bmc.uuid: {bmc}", "correct url and uuid in spec.bmc");

    /// <summary>SMBIOS 2.6 stores the first three parts little-endian; older firmware did not.</summary>
    private static Guid Swapped(Guid uuid) => new(uuid.ToByteArray(), bigEndian: true);

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
