using Havm.Core.Host.Goals;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 4, row 8, on the host: it tells that a machine has lost its disks, and leaves it alone.</summary>
public sealed class StorageTests
{
    [Fact]
    public void What_a_disk_error_holds_for_thirty_seconds_has_lost_its_storage_and_is_still_not_ended()
    {
        var story = new HostStory();
        story.Goal(1, [HostStory.Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
        story.Pass(29, HeldByItsDisk);
        Assert.False(story.Seen("web")!.StorageLost);
        story.Pass(2, HeldByItsDisk);
        Assert.True(story.Seen("web")!.StorageLost);
        Assert.Contains(new InstanceName("web"), story.Processes.Keys);

        story.Sign("web", MachineSignKind.Running);
        story.Pass(12, () => story.Sign("web", MachineSignKind.GuestBeat));
        Assert.False(story.Seen("web")!.StorageLost);

        // Each try to go on lets it run for a moment.
        void HeldByItsDisk()
        {
            story.Sign("web", MachineSignKind.Running);
            story.Sign("web", MachineSignKind.IoError);
            story.Sign("web", MachineSignKind.Held);
        }
    }
}
