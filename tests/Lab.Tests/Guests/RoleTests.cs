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

    private static bool IsOfWeb(IncidentView incident) =>
        incident.Kind == "roleFailure" && incident.Subject == $"Instance/{Web}";
}
