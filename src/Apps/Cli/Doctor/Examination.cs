namespace Havm.Cli.Doctor;

/// <summary>All checks, in the order in which they are shown.</summary>
internal static class Examination
{
    public static readonly IReadOnlyList<ICheck> Checks =
    [
        new AcceleratorCheck(), new CgroupCheck(), new ClockCheck(), new DatastoreCheck(), new BmcCheck(),
        new IdentityCheck(), new WatchdogCheck(), new PortCheck(), new NetworkCheck(), new SpaceCheck(),
        new ProgramCheck(), new LimitCheck(),
    ];

    public static async Task<IReadOnlyList<CheckedThing>> RunAsync(Site site, CancellationToken cancel)
    {
        List<CheckedThing> all = [];
        foreach (ICheck check in Checks)
        {
            foreach (Finding finding in await LookAsync(check, site, cancel))
            {
                all.Add(new CheckedThing(
                    check.Name, finding.About, Word(finding.Verdict), finding.Reason, finding.Evidence,
                    finding.Remedy));
            }
        }

        return all;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(ICheck check, Site site, CancellationToken cancel)
    {
        try
        {
            return await check.LookAsync(site, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Fail("", "could not be looked at to its end", e.Message, "mend what the evidence names")];
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warn => "warn",
        Verdict.Fail => "fail",
        Verdict.Skipped => "skipped",
    };
}

/// <summary>A finding as it is printed.</summary>
internal sealed record CheckedThing(
    string Check, string About, string Result, string Reason, string Evidence, string Remedy);
