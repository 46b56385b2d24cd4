using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 4, row 8, on the host: it tells that a machine has lost its disks, and leaves it alone.</summary>
public sealed class StorageTests
{
    private readonly HostStory _story = new();

    public StorageTests()
    {
        var seat = HostStory.Seat("web");
        var disk = new DiskDefinition { Name = "d0", File = new("store", "vm/web/d0"), Life = DiskLife.Kept };
        _story.Goal(1, [seat with { Machine = seat.Machine with { Disks = [disk] } }]);
        _story.Sign("web", MachineSignKind.Running);
        _story.Sign("web", MachineSignKind.GuestReady);
    }

    private bool IsLost => _story.Seen("web")!.StorageLost;

    [Fact]
    public void What_a_disk_error_holds_for_thirty_seconds_has_lost_its_storage_and_is_still_not_ended()
    {
        _story.Pass(29, () => HeldByItsDisk("input/output error"));
        Assert.False(IsLost);
        _story.Pass(2, () => HeldByItsDisk("input/output error"));
        Assert.True(IsLost);
        Assert.Contains(new InstanceName("web"), _story.Processes.Keys);

        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(12, () => Look(""));
        Assert.False(IsLost);
    }

    [Fact]
    public void A_disk_error_on_a_datastore_that_this_node_reaches_would_be_met_on_every_node_and_moves_nothing()
    {
        _story.Pass(120, () => HeldByItsDisk(""));
        Assert.False(IsLost);
        Assert.Equal("diskError", _story.Seen("web")!.Reason!.Code);
    }

    [Fact]
    public void Files_that_stay_lost_when_the_path_is_back_count_as_the_path()
    {
        _story.Pass(5, () => HeldByItsDisk("input/output error"));
        _story.Pass(28, () => HeldByItsDisk(""));
        Assert.True(IsLost);
    }

    [Fact]
    public void A_datastore_that_hangs_is_lost_to_what_has_a_disk_there_though_it_says_nothing()
    {
        var begun = _story.Wall - TimeSpan.FromSeconds(1);
        for (var second = 1; second <= 31; second++)
        {
            var hangs = new DatastoreLook("store", TimeSpan.FromSeconds(second), null, "", null);
            _story.Take(new HostInput.NodeLooked(new NodeLook([hangs], "", TimeSpan.Zero)));
            _story.Pass(1, () => _story.Sign("web", MachineSignKind.GuestBeat));
        }

        Assert.True(IsLost);
        Assert.Equal(begun, _story.Seen("web")!.HurtAt);
    }

    [Fact]
    public void Since_when_an_error_holds_it_is_told_with_the_error_and_no_more_once_it_is_over()
    {
        var before = _story.Wall;
        _story.Pass(12, () => HeldByItsDisk("input/output error"));
        Assert.InRange(_story.Seen("web")!.HurtAt!.Value - before, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(12, () => Look(""));
        Assert.Null(_story.Seen("web")!.HurtAt);
    }

    [Fact]
    public void What_has_a_dead_file_open_is_begun_anew_where_it_is_once_its_datastore_is_known_to_answer()
    {
        _story.Pass(5, () => HeldByItsDisk("", MachineSignKind.DiskHandleDead));
        Assert.Equal(1, _story.Count<HostEffect.Start>());
        _story.Pass(1, () => Look(""));
        Assert.Equal(2, _story.Count<HostEffect.Start>());
        _story.Sign("web", MachineSignKind.GuestReady);
        _story.Pass(60, Beat);

        var incident = Assert.Single(_story.Report.Incidents);
        Assert.Equal((HostIncidentKind.DiskHandleLost, "restartInPlace"), (incident.Kind, incident.Decision.Code));
        Assert.NotNull(incident.ReadyAt);
        Assert.Equal(2, _story.Count<HostEffect.Start>());
    }

    [Fact]
    public void What_has_a_dead_file_open_is_not_begun_anew_while_its_datastore_does_not_answer_here()
    {
        _story.Pass(29, () => HeldByItsDisk("input/output error", MachineSignKind.DiskHandleDead));
        Assert.Equal(1, _story.Count<HostEffect.Start>());
        _story.Pass(2, () => HeldByItsDisk("input/output error", MachineSignKind.DiskHandleDead));
        Assert.True(IsLost);
        Assert.Equal(1, _story.Count<HostEffect.Start>());
    }

    [Fact]
    public void What_has_met_a_dead_file_once_is_not_begun_anew_for_a_datastore_that_is_full_later()
    {
        _story.Pass(3, () => HeldByItsDisk("input/output error", MachineSignKind.DiskHandleDead));
        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(60, Beat);
        _story.Full = true;
        _story.Pass(60, () => HeldByItsDisk("", MachineSignKind.NoSpace));

        Assert.Equal(1, _story.Count<HostEffect.Start>());
        Assert.Empty(_story.Report.Incidents);
    }

    /// <summary>QEMU never flushes a file again once a flush of it failed (decision 31).</summary>
    [Fact]
    public void What_an_error_holds_for_as_long_as_half_a_minute_of_its_datastore_answering_is_begun_anew_where_it_is()
    {
        _story.Pass(3, () => HeldByItsDisk("input/output error"));
        _story.Pass(29, () => HeldByItsDisk(""));
        Assert.Equal(1, _story.Count<HostEffect.Start>());
        _story.Pass(3, () => HeldByItsDisk(""));

        Assert.Equal(2, _story.Count<HostEffect.Start>());
        var incident = Assert.Single(_story.Report.Incidents);
        Assert.Equal(HostIncidentKind.DiskHandleLost, incident.Kind);
        Assert.Contains("the error stands", incident.Decision.Message);
    }

    /// <summary>A flush met it: a write that met it goes on when it is tried again.</summary>
    [Fact]
    public void What_stands_still_for_want_of_room_half_a_minute_after_there_is_room_is_begun_anew_where_it_is()
    {
        _story.Full = true;
        _story.Pass(120, () => HeldByItsDisk("", MachineSignKind.NoSpace));
        Assert.Equal(1, _story.Count<HostEffect.Start>());

        _story.Full = false;
        _story.Pass(30, () => HeldByItsDisk("", MachineSignKind.NoSpace));
        Assert.Equal(1, _story.Count<HostEffect.Start>());
        _story.Pass(6, () => HeldByItsDisk("", MachineSignKind.NoSpace));

        Assert.Equal(2, _story.Count<HostEffect.Start>());
        var incident = Assert.Single(_story.Report.Incidents);
        Assert.Equal(HostIncidentKind.DiskHandleLost, incident.Kind);
        Assert.Contains("has taken new data for", incident.Decision.Message);
    }

    [Fact]
    public void Room_that_comes_and_goes_begins_nothing_anew_and_each_time_counts_from_its_own_beginning()
    {
        for (var round = 0; round < 10; round++)
        {
            _story.Full = false;
            _story.Pass(20, () => HeldByItsDisk("", MachineSignKind.NoSpace));
            _story.Full = true;
            _story.Pass(20, () => HeldByItsDisk("", MachineSignKind.NoSpace));
        }

        Assert.Equal(1, _story.Count<HostEffect.Start>());
        Assert.Empty(_story.Report.Incidents);
    }

    [Fact]
    public void What_an_error_held_for_a_while_goes_on_with_its_memory_when_that_is_over()
    {
        _story.Pass(25, () => HeldByItsDisk(""));
        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(20, Beat);
        _story.Pass(25, () => HeldByItsDisk(""));
        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(60, Beat);

        Assert.Equal(1, _story.Count<HostEffect.Start>());
        Assert.Empty(_story.Report.Incidents);
    }

    [Fact]
    public void What_gets_something_done_between_two_errors_is_never_begun_anew_for_them()
    {
        for (var round = 0; round < 20; round++)
        {
            Look("");
            _story.Sign("web", MachineSignKind.Running);
            _story.Pass(3, Beat);
            _story.Sign("web", MachineSignKind.IoError);
            _story.Sign("web", MachineSignKind.Held);
            _story.Pass(2);
        }

        Assert.Equal(1, _story.Count<HostEffect.Start>());
        Assert.Empty(_story.Report.Incidents);
    }

    [Fact]
    public void What_it_holds_while_its_warden_stops_it_is_ended_and_begun_anew()
    {
        _story.Refusal = new Reason("gate", "ending", "web: it is Stopping, a new process needs a new permit");
        _story.Sign("web", MachineSignKind.IoError);
        _story.Sign("web", MachineSignKind.Held);
        _story.Pass(4);
        Assert.Equal(0, _story.Count<HostEffect.End>());
        _story.Pass(2);
        Assert.Equal(1, _story.Count<HostEffect.End>());

        _story.Refusal = null;
        _story.Pass(10);
        _story.Sign("web", MachineSignKind.GuestReady);
        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(_story.Report.Incidents).Kind);
        Assert.Equal(0, _story.Seen("web")!.Resets);
    }

    /// <summary>Each try to go on lets it run for a moment.</summary>
    [Fact]
    public void A_guest_that_is_silent_while_its_storage_hangs_is_not_hung_and_has_the_whole_wait_once_it_is_back()
    {
        HangFor(120);
        Assert.Empty(_story.Report.Incidents);

        Look("");
        _story.Pass(29);
        Assert.Empty(_story.Report.Incidents);
        _story.Pass(4);

        Assert.Equal(HostIncidentKind.GuestHang, Assert.Single(_story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_watchdog_that_bites_while_storage_hangs_is_settled_by_the_first_word_once_it_is_back()
    {
        HangFor(60);
        _story.Sign("web", MachineSignKind.Watchdog);
        HangFor(60);
        Assert.Equal((0, 1), (_story.Report.Incidents.Length, _story.Count<HostEffect.Start>()));

        Beat();
        _story.Pass(1, Beat);
        _story.Pass(120, () => _story.Sign("web", MachineSignKind.GuestBeat));

        Assert.Empty(_story.Report.Incidents);
    }

    [Fact]
    public void A_guest_that_was_bitten_and_does_nothing_for_the_whole_wait_with_its_storage_back_is_repaired()
    {
        HangFor(10);
        _story.Sign("web", MachineSignKind.Watchdog);
        Look("");
        _story.Pass(29);
        Assert.Empty(_story.Report.Incidents);

        _story.Pass(4);

        Assert.Equal(HostIncidentKind.GuestWatchdog, Assert.Single(_story.Report.Incidents).Kind);
        Assert.Equal(2, _story.Count<HostEffect.Start>());
    }

    /// <summary>As by the end of its lease: it cannot speak, and may well do so once it goes on.</summary>
    [Fact]
    public void The_wait_after_a_bite_begins_anew_when_a_guest_that_was_held_meanwhile_goes_on()
    {
        HangFor(10);
        _story.Sign("web", MachineSignKind.Watchdog);
        _story.Sign("web", MachineSignKind.Held);
        Look("");
        _story.Pass(120);
        Assert.Empty(_story.Report.Incidents);

        _story.Sign("web", MachineSignKind.Running);
        _story.Pass(25);
        Assert.Empty(_story.Report.Incidents);
        _story.Pass(10);

        Assert.Equal(HostIncidentKind.GuestWatchdog, Assert.Single(_story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_watchdog_that_bites_again_once_storage_is_back_is_acted_on_at_once()
    {
        HangFor(10);
        _story.Sign("web", MachineSignKind.Watchdog);
        Look("");
        _story.Pass(2);

        _story.Sign("web", MachineSignKind.Watchdog);

        Assert.Equal(HostIncidentKind.GuestWatchdog, Assert.Single(_story.Report.Incidents).Kind);
    }

    private void HangFor(int seconds)
    {
        for (var second = 1; second <= seconds; second++)
        {
            var hangs = new DatastoreLook("store", TimeSpan.FromSeconds(second + 2), null, "", null);
            _story.Take(new HostInput.NodeLooked(new NodeLook([hangs], "", TimeSpan.Zero)));
            _story.Pass(1);
        }
    }

    private void HeldByItsDisk(string datastore, MachineSignKind error = MachineSignKind.IoError)
    {
        Look(datastore);
        _story.Sign("web", MachineSignKind.Running);
        _story.Sign("web", error);
        _story.Sign("web", MachineSignKind.Held);
    }

    private void Beat()
    {
        Look("");
        _story.Sign("web", MachineSignKind.GuestBeat);
    }

    private void Look(string trouble) => _story.Take(new HostInput.NodeLooked(
        new NodeLook([new DatastoreLook("store", null, TimeSpan.Zero, trouble, null)], "", TimeSpan.Zero)));
}
