using System.Collections.Immutable;
using Havm.Core.Host.Goals;
using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// Carries out what an agent orders: through the warden's gate where the production agent goes through it, on the
/// host's table of processes, each in its own time.
/// </summary>
public sealed class SimulatedHands(
    VirtualWorld world, SimulatedHost host, Gate gate, Func<bool> alive, Action<HostInput> inbox)
{
    /// <summary>Orders under way.</summary>
    public int Busy { get; private set; }

    public void CarryOut(HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.Keep keep:
                Later(world.Settings.FileWrite, () =>
                {
                    if (host.Disk.Full)
                    {
                        inbox(new HostInput.LedgerNotKept("no space left on device"));
                        return;
                    }

                    host.Disk.AgentLedger = keep.Ledger;
                    inbox(new HostInput.LedgerKept(keep.Ledger));
                });
                break;
            case HostEffect.TellFloors tell:
                TellFloors(tell.Goal);
                break;
            case HostEffect.Start start:
                Start(start.Seat);
                break;
            case HostEffect.Release release:
                Ask(
                    id => new WardenInput.SwitchAsked(id, release.Instance, release.Generation, SwitchVerb.Release),
                    reply => inbox(new HostInput.ReleaseDone(
                        release.Instance, release.Generation, reply.Granted, reply.Reason)));
                break;
            case HostEffect.Adopt adopt:
                Later(world.Settings.Monitor, () => Adopt(adopt.Found));
                break;
            case HostEffect.Introduce introduce:
                host.Machines.Find(introduce.Seat.Machine.Instance)?.Role?.Introduce(introduce.Seat);
                break;
            case HostEffect.AskShutdown ask:
                Later(world.Settings.Monitor, () => host.AskShutdown(ask.Instance, ask.Generation));
                break;
            case HostEffect.End { DumpWithin: { } within } end:
                Later(within, () => End(end, "no dump of its memory: it was not complete in time"));
                break;
            case HostEffect.End end:
                End(end, null);
                break;
            case HostEffect.KeepEvidence keep:
                Later(world.Settings.Monitor, () => inbox(new HostInput.EvidenceKept(keep.Incident, null)));
                break;
            case HostEffect.ReadIo read:
                Later(world.Settings.Monitor, () => inbox(
                    new HostInput.IoRead(read.Instance, read.Generation, WorkOf(read.Instance), 0)));
                break;
            case HostEffect.Diagnose diagnose:
                gate.After(world.Settings.Diagnosis, () => Look(diagnose.Order));
                break;
            case HostEffect.ProbeLocks probe:
                gate.After(world.Settings.Monitor, () => ProbeLocks(probe.Watches));
                break;
            case HostEffect.ProbeRoom probe:
                // No storage of this world is ever full.
                Later(world.Settings.Monitor, () => inbox(
                    new HostInput.RoomProbed(probe.Instance, probe.Generation, HasRoom: true)));
                break;
            case HostEffect.ReadUses:
                world.Time.After(world.Settings.Monitor, ReadUses);
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    /// <summary>The worst of dumps comes before it: one that takes all its time and comes to nothing.</summary>
    private void End(HostEffect.End end, string? notKept) => Ask(
        id => new WardenInput.EndAsked(id, end.Instance, end.Generation),
        reply => inbox(new HostInput.EndDone(
            end.Instance, end.Generation, reply.Granted, reply.Seats.Any(seat => seat.ByLease), reply.Reason)
        {
            NotKept = notKept,
        }));

    /// <summary>No order under way: nothing waits for it, and an agent that rests leaves it out.</summary>
    private void ReadUses()
    {
        ImmutableArray<MeasuredUse> uses =
        [
            .. host.Machines.Alive.Where(process => world.Uses.ContainsKey(process.Instance))
                .Select(process => new MeasuredUse(
                    process.Instance, process.Seat.Generation, world.Uses[process.Instance])),
        ];
        if (alive() && !uses.IsEmpty)
        {
            inbox(new HostInput.UsesRead(uses));
        }
    }

    /// <summary>No order under way: what waits for it is a controller's next try.</summary>
    private void ProbeLocks(ImmutableArray<LockWatch> watches)
    {
        if (alive())
        {
            inbox(new HostInput.LocksProbed(
            [
                .. watches.Where(watch => !world.IsLocked(watch.Instance))
                    .Select(watch => new FreeLock(watch.Instance, watch.Refused)),
            ]));
        }
    }

    /// <summary>No order under way: nothing on the node waits for it.</summary>
    private void Look(DiagnosisOrder order)
    {
        if (alive())
        {
            inbox(new HostInput.DiagnosisDone(new DiagnosisReport(order.Id, host.Parts.Look(host.DisksLost))));
        }
    }

    private void Later(TimeSpan wait, Action act)
    {
        Busy++;
        gate.After(wait, () =>
        {
            Busy--;
            if (alive())
            {
                act();
            }
        });
    }

    private void Ask(Func<long, WardenInput.Asked> question, Action<GateReply> answer)
    {
        Busy++;
        gate.After(world.Settings.LocalCall, () =>
        {
            if (!alive() || host.Warden is not { } warden)
            {
                Busy--;
                return;
            }

            warden.Ask(question, reply => gate.After(world.Settings.LocalCall, () =>
            {
                Busy--;
                if (alive())
                {
                    answer(reply);
                }
            }));
        });
    }

    private void TellFloors(Goal goal) => Ask(
        id => new WardenInput.FloorsAsked(id, goal.Floors, [.. goal.Seats.Select(seat => new PolicyChange(
            seat.Machine.Instance, seat.Generation, seat.Machine.Isolation))], goal.Automation),
        reply => inbox(reply.Granted
            ? new HostInput.FloorsTold(goal.Epoch, goal.Revision)
            : new HostInput.FloorsNotTold(reply.Reason.Message)));

    private void Start(SeatGoal seat)
    {
        var (instance, generation) = (seat.Machine.Instance, seat.Generation);
        Ask(
            id => new WardenInput.PermitAsked(
                id, instance, generation, seat.Machine.Isolation, SimulatedWarden.SocketOf(instance)),
            reply =>
            {
                if (!reply.Granted)
                {
                    inbox(new HostInput.StartDone(
                        instance, generation, StartOutcome.NotPermitted, 0, reply.Reason));
                }
                else
                {
                    Later(
                        world.Settings.MachineStart + world.Heartbeats.SlownessOf(host.Name),
                        () => inbox(Make(seat)));
                }
            });
    }

    private HostInput.StartDone Make(SeatGoal seat)
    {
        var (instance, generation) = (seat.Machine.Instance, seat.Generation);
        var moved = world.LeftInOrder.TryGetValue(instance, out var left) && left != host.Name;
        if (host.Faults.StartFails(instance) || (moved && host.Faults.MoveFails(instance)))
        {
            world.Witness.StartFailed(instance, host.Name);
            return new HostInput.StartDone(instance, generation, StartOutcome.NotMade, 0,
                new Reason("host", "processFailed", $"{instance}: its process ended at once"));
        }

        if (world.Heartbeats.IsCut(host.Name))
        {
            world.Witness.StartFailed(instance, host.Name);
            return new HostInput.StartDone(instance, generation, StartOutcome.NotMade, 0,
                new Reason("host", "missingFile", $"{instance}: its datastore cannot be reached"));
        }

        if (world.LockedDisks.Contains(instance)
            || world.HostsOf(instance).Any(other => other != host && other.Machines.Find(instance) is { ByHand: true }))
        {
            return new HostInput.StartDone(instance, generation, StartOutcome.NotMade, 0,
                new Reason("host", "diskLocked", $"{instance}: another process holds its disks' locks"));
        }

        world.LeftInOrder.Remove(instance);
        world.DeadHandles.Remove(instance);
        return host.Machines.Make(seat) is { } made
            ? new HostInput.StartDone(instance, generation, StartOutcome.Made, made.Pid, null)
            : new HostInput.StartDone(instance, generation, StartOutcome.NotMade, 0,
                new Reason("host", "stillRunning", $"instance {instance} is alive on this node"));
    }

    /// <summary>A counter that moves whenever it is read, unless the guest hangs.</summary>
    private long WorkOf(InstanceName instance) =>
        host.Machines.Find(instance) is { Hangs: true } ? 0 : world.Time.Happened;

    private void Adopt(FoundProcess found)
    {
        if (host.Machines.Find(found.Instance) is not { } here || here.Pid != found.Pid)
        {
            inbox(new HostInput.AdoptDone(found.Instance, found.Generation, false,
                new Reason("host", "processFailed", $"process {found.Pid} is gone")));
            return;
        }

        if (here.Seat.Generation != found.Generation && found.Seat is { } seat)
        {
            host.Machines.Reseat(here, seat);
        }

        // As with a real one, what its monitor says first is told before it counts as taken up.
        if (here.Panicked)
        {
            host.Agent?.Sign(found.Instance, found.Generation, MachineSignKind.Panic);
        }

        host.Agent?.Sign(found.Instance, found.Generation,
            here.Runs ? MachineSignKind.Running
            : here.HasShutDown ? MachineSignKind.GuestShutdown : MachineSignKind.Held);
        if (here.HeldByDisk)
        {
            host.Agent?.Sign(found.Instance, found.Generation, MachineSignKind.IoError);
        }

        host.Agent?.Hear(new HostInput.AdoptDone(found.Instance, found.Generation, true, null));
        here.Role?.Reconnect();
        if (here is { Ready: true, Role: null, Speaks: true })
        {
            host.Agent?.Sign(found.Instance, found.Generation, MachineSignKind.GuestReady);
        }
    }
}
