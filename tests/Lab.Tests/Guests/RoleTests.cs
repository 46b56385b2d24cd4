using Havm.Lab.Ground;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Lab.Tests.Guests;

/// <summary>Row 2 of the health ladder with real guests: programs that end in them, once and for good.</summary>
[Collection(GuestsAlone.Name)]
public sealed class RoleTests(GuestLab lab)
{
    private const string Web = "shop-web-0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GuestFact]
    public async Task AProgramThatEndsIsStartedAgainInItsGuestAndNothingElseIsTouched()
    {
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var machines = lab.Stage.Machines();

        await lab.DoAsync("kill-role", Web);
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the program of {Web} is back", 60,
            now => now.Instances[Web].Settled && now.Incidents.Any(i => IsOfWeb(i) && !known.Contains(i.Id)), Cancel));

        var after = await lab.WholeAsync();
        var incident = Assert.Single(after.Incidents, i => IsOfWeb(i) && !known.Contains(i.Id));
        Assert.Equal(("role", 2), (incident.Layer, incident.Row));
        Assert.Contains("its guest agent starts it again", incident.Decision.Message);
        Assert.NotNull(incident.Phases.TotalSeconds);
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    [GuestFact]
    public async Task AProgramThatEndsAgainAndAgainHasItsGuestBegunAnewWhereItIs()
    {
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var machines = lab.Stage.Machines();
        var faults = new GuestFaults(lab.Plan);

        var decided = await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the guest agent of {Web} gives its program up", 180,
            now =>
            {
                KillWhatRuns(faults);
                return now.Incidents.Any(i => IsOfWeb(i) && !known.Contains(i.Id)
                    && i.Decision.Message.Contains("used up its restarts"));
            },
            Cancel));
        Assert.Equal(before.Instances[Web].Node, decided.Instances[Web].Node);

        var after = await lab.WholeAsync();
        var (was, now) = (before.Instances[Web], after.Instances[Web]);
        Assert.Equal((was.Node, was.Generation), (now.Node, now.Generation));
        Assert.False(machines[Web].IsAlive());
        lab.AssertUntouched(machines, before.Instances.Keys.Except([Web]));
    }

    [GuestFact]
    public Task AnHttpProbeThatFailsHasTheProgramRestartedInItsGuestAndNothingElseIsTouched() =>
        RestartedForItsProbeAsync(Web);

    [GuestFact]
    public Task ATcpProbeThatFailsHasTheProgramRestartedInItsGuestAndNothingElseIsTouched() =>
        RestartedForItsProbeAsync("shop-worker-0");

    [GuestFact]
    public Task ACommandThatFailsHasTheProgramRestartedInItsGuestAndNothingElseIsTouched() =>
        RestartedForItsProbeAsync("db-0");

    [GuestFact]
    public async Task AProgramWhoseDiskWasScribbledOnIsBegunAnewFromItsImage()
    {
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var machines = lab.Stage.Machines();

        await new GuestFaults(lab.Plan).TellAsync(Web, "scribble");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the guest of {Web} is begun anew and well", 240,
            now => now.Instances[Web].Settled && !machines[Web].IsAlive()
                && now.Incidents.Any(i => IsOfWeb(i) && !known.Contains(i.Id)), Cancel));

        var after = await lab.WholeAsync();
        var incident = Assert.Single(after.Incidents, i => IsOfWeb(i) && !known.Contains(i.Id));
        Assert.Contains("used up its restarts", incident.Decision.Message);
        var (was, now) = (before.Instances[Web], after.Instances[Web]);
        Assert.Equal((was.Node, was.Generation), (now.Node, now.Generation));
        lab.AssertUntouched(machines, before.Instances.Keys.Except([Web]));
    }

    private async Task RestartedForItsProbeAsync(string instance)
    {
        var before = await lab.WholeAsync();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var machines = lab.Stage.Machines();

        await new GuestFaults(lab.Plan).TellAsync(instance, "sick-role");
        await lab.ToldAsync(() => lab.Stage.WaitAsync(
            $"the program of {instance} is well again", 90,
            now => now.Instances[instance].Settled
                && now.Incidents.Any(i => IsOf(instance, i) && !known.Contains(i.Id)), Cancel));

        var after = await lab.WholeAsync();
        var incident = Assert.Single(after.Incidents, i => IsOf(instance, i) && !known.Contains(i.Id));
        Assert.Equal(("role", 2), (incident.Layer, incident.Row));
        Assert.Contains("probe", incident.Decision.Message);
        lab.AssertUntouched(machines, before.Instances.Keys);
    }

    /// <summary>Between two runs of the program, and between two of its machine, there is nothing to kill.</summary>
    private static void KillWhatRuns(GuestFaults faults)
    {
        try
        {
            faults.TellAsync(Web, "kill-role").GetAwaiter().GetResult();
        }
        catch (LabRefusal)
        {
        }
    }

    private static bool IsOfWeb(IncidentView incident) => IsOf(Web, incident);

    private static bool IsOf(string instance, IncidentView incident) =>
        incident.Kind == "roleFailure" && incident.Subject == $"Instance/{instance}";
}
