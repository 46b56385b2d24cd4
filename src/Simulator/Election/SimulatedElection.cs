using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.Election;

/// <summary>The twin of an election behind its port: the office table of the virtual world, asked at once.</summary>
/// <param name="office">What the store knows; several twins over one table are several controllers.</param>
/// <param name="now">The clock of the store's leading member.</param>
public sealed class SimulatedElection(OfficeTable office, Func<Instant> now) : IElection
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Nothing is answered, as behind a cut.</summary>
    public bool IsCut { get; set; }

    public Task<LeaseAnswer> GrantAsync(TimeSpan ttl, CancellationToken cancel) =>
        Lease(() => new LeaseAnswer(ElectionFate.Done, office.Grant(now(), ttl)), cancel);

    public Task<LeaseAnswer> KeepAliveAsync(long lease, CancellationToken cancel) =>
        Lease(() => Of(office.KeepAlive(now(), lease), lease), cancel);

    public Task<LeaseAnswer> RevokeAsync(long lease, CancellationToken cancel) => Lease(
        () =>
        {
            office.Revoke(lease);
            return Of(true, lease);
        },
        cancel);

    public Task<ClaimAnswer> ClaimAsync(long lease, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        office.Expire(now());
        return Task.FromResult(IsCut ? new ClaimAnswer(ElectionFate.Unknown, Epoch.None)
            : office.Claim(lease) is { } won ? new ClaimAnswer(ElectionFate.Done, won)
            : new ClaimAnswer(ElectionFate.Refused, Epoch.None));
    }

    public async Task WatchAsync(CancellationToken cancel)
    {
        while (IsCut || !IsVacant())
        {
            await Task.Delay(Look, cancel).ConfigureAwait(false);
        }
    }

    private bool IsVacant()
    {
        office.Expire(now());
        return office.Vacant;
    }

    private Task<LeaseAnswer> Lease(Func<LeaseAnswer> ask, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        office.Expire(now());
        return Task.FromResult(IsCut ? new LeaseAnswer(ElectionFate.Unknown, 0) : ask());
    }

    private static LeaseAnswer Of(bool done, long lease) =>
        done ? new LeaseAnswer(ElectionFate.Done, lease) : new LeaseAnswer(ElectionFate.Refused, 0);
}
