using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A start is due, and waits for what the instance depends on.</summary>
public sealed record StartWaited(InstanceName Name, StartWait Wait) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return instance.Seat is null
            ? With(ledger, instance with { StartWait = Wait })
            : throw new InvalidOperationException($"instance {Name} has a seat and is to wait for its start");
    }
}

/// <summary>A start does not wait for one thing any more: its time is over.</summary>
public sealed record DependencyGivenUp(InstanceName Name, string Target) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return instance.StartWait is not { } wait ? ledger : With(ledger, instance with
        {
            StartWait = wait with { GivenUp = wait.GivenUp.Add(Target) },
        });
    }
}
