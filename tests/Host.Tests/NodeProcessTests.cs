using System.Diagnostics;
using Havm.Model;

namespace Havm.Host.Tests;

/// <summary>Agent, warden and QEMU as processes: a machine that only has firmware is a machine all the same.</summary>
public sealed class NodeProcessTests
{
    private static SeatGoal Seat(long generation = 1, IsolationPolicy isolation = IsolationPolicy.LeaveRunning) => new()
    {
        Machine = new MachineDefinition
        {
            Instance = new("web"),
            Vcpus = 1,
            Memory = Bytes.MiB(32),
            Boot = new BootSource(),
            Isolation = isolation,
        },
        Generation = new(generation),
        Wanted = WantedState.Running,
        Grace = TimeSpan.FromSeconds(1),
    };

    private static Goal Goal(long revision, SeatGoal[] seats, params GenerationFloor[] floors) =>
        new() { Epoch = new(1), Revision = revision, Seats = [.. seats], Floors = [.. floors] };

    private static async Task<(NodeRig Rig, Process Agent, Process Warden)> RunningAsync(
        IsolationPolicy isolation = IsolationPolicy.LeaveRunning)
    {
        var rig = await NodeRig.MakeAsync();
        return await rig.OrTornDownAsync(async () =>
        {
            rig.Controller.Goal = Goal(1, [Seat(isolation: isolation)]);
            var agent = rig.StartAgent();
            var warden = rig.StartWarden();
            await Until.TrueAsync(
                "web runs", () => rig.Controller.Seen("web") is { Phase: MachinePhase.Running, Pid: > 0 });
            return (rig, agent, warden);
        });
    }

    [Fact]
    public async Task A_goal_becomes_a_running_machine_and_a_withdrawn_seat_a_proven_absence()
    {
        var (rig, _, _) = await RunningAsync();
        await using var _ = rig;
        Assert.True(rig.IsAlive("web"));
        await Until.TrueAsync("beats without news are bare", () => rig.Controller.BareBeats > 1);

        rig.Controller.Goal = Goal(2, [], new GenerationFloor(new("web"), new(1)));
        await Until.TrueAsync("it is reported gone", () =>
            rig.Controller.Report is { GoalRevision: 2, InventoryComplete: true }
                && rig.Controller.Seen("web") is null);

        Assert.False(rig.IsAlive("web"));
        Assert.Contains(new GenerationFloor(new("web"), new(1)), rig.Controller.Report!.Floors);
    }

    [Fact]
    public async Task A_killed_machine_is_restarted_in_place_and_the_incident_has_its_times()
    {
        var (rig, _, _) = await RunningAsync();
        await using var _ = rig;
        int pid = rig.Controller.Seen("web")!.Pid;

        Process.GetProcessById(pid).Kill();
        await Until.TrueAsync("it runs again", () =>
            rig.Controller.Seen("web") is { Phase: MachinePhase.Running, Resets: 1, Pid: > 0 } seen && seen.Pid != pid);

        var incident = Assert.Single(rig.Controller.Incidents.Values);
        Assert.Equal(HostIncidentKind.ProcessExit, incident.Kind);
        Assert.True(incident.DetectedAt <= incident.DecidedAt && incident.DecidedAt <= incident.StartedAt);
    }

    [Fact]
    public async Task A_killed_agent_and_a_killed_warden_leave_the_machine_alone_and_take_it_up_again()
    {
        var (rig, agent, warden) = await RunningAsync();
        await using var _ = rig;
        int pid = rig.Controller.Seen("web")!.Pid;
        rig.Controller.Report = null;

        agent.Kill();
        warden.Kill();
        rig.StartWarden();
        rig.StartAgent();
        await Until.TrueAsync(
            "the new agent reports", () => rig.Controller.Seen("web") is { Phase: MachinePhase.Running });

        Assert.Equal(pid, rig.Controller.Seen("web")!.Pid);
        Assert.Empty(rig.Controller.Incidents);
    }

    [Fact]
    public async Task A_paused_machine_goes_on_when_the_controller_is_back()
    {
        var (rig, _, _) = await RunningAsync(IsolationPolicy.Pause);
        await using var _ = rig;
        int pid = rig.Controller.Seen("web")!.Pid;

        rig.Controller.Answering = false;
        await Until.TrueAsync("it is paused", () => rig.Controller.Seen("web") is { Phase: MachinePhase.Paused }
            && rig.Controller.Incidents.Count == 1);
        rig.Controller.Answering = true;
        await Until.TrueAsync("it goes on", () => rig.Controller.Seen("web") is { Phase: MachinePhase.Running });

        Assert.Equal(pid, rig.Controller.Seen("web")!.Pid);
        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(rig.Controller.Incidents.Values).Kind);
    }

    [Fact]
    public async Task What_the_lease_ended_starts_again_with_a_fresh_lease()
    {
        var (rig, _, _) = await RunningAsync(IsolationPolicy.PowerOff);
        await using var _ = rig;
        int pid = rig.Controller.Seen("web")!.Pid;

        rig.Controller.Answering = false;
        await Until.TrueAsync("it is dead", () => !rig.IsAlive("web"));
        rig.Controller.Answering = true;
        await Until.TrueAsync("it runs again", () =>
            rig.Controller.Seen("web") is { Phase: MachinePhase.Running } seen && seen.Pid != pid);

        Assert.Equal(0, rig.Controller.Seen("web")!.Resets);
        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(rig.Controller.Incidents.Values).Kind);
    }

    [Fact]
    public async Task A_new_generation_replaces_the_old_one_on_the_same_node()
    {
        var (rig, _, _) = await RunningAsync();
        await using var _ = rig;

        rig.Controller.Goal = Goal(2, [Seat(generation: 2)], new GenerationFloor(new("web"), new(1)));

        await Until.TrueAsync("generation 2 runs", () =>
            rig.Controller.Seen("web") is { Phase: MachinePhase.Running } seen && seen.Generation == new Generation(2));
        Assert.Single(rig.Cgroups.Populated());
    }
}
