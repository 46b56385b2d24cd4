namespace Havm.Cli.Doctor;

/// <summary>All checks, in the order in which they are shown.</summary>
internal static class Examination
{
    public static readonly IReadOnlyList<ICheck> Checks =
    [
        new AcceleratorCheck(), new CgroupCheck(), new ClockCheck(), new DatastoreCheck(), new BmcCheck(),
        new IdentityCheck(), new WatchdogCheck(), new PortCheck(), new NetworkCheck(), new SpaceCheck(),
        new ProgramCheck(), new LimitCheck(), new MemoryCheck(), new SensorCheck(),
    ];

    /// <summary>
    /// What can break in a machine that was well: looked at before it is trusted again. Its link the controller sees.
    /// </summary>
    public static readonly IReadOnlyList<ICheck> Diagnosis =
    [
        new SensorCheck(), new MemoryCheck(), new AcceleratorCheck(), new DatastoreCheck(), new ClockCheck(),
        new IdentityCheck(),
    ];

    /// <param name="limit">What was not looked at by then is skipped.</param>
    public static async Task<IReadOnlyList<CheckedThing>> RunAsync(
        IReadOnlyList<ICheck> checks, Site site, TimeSpan limit, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(limit);
        List<CheckedThing> all = [];
        foreach (ICheck check in checks)
        {
            foreach (Finding finding in await LookAsync(check, site, deadline.Token))
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
        catch (OperationCanceledException)
        {
            return [Finding.Skip("", "was not looked at to its end: no time was left")];
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
