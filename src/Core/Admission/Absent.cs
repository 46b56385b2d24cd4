using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>What is said of an object that is not there; an instance of a service is often taken for one.</summary>
public static class Absent
{
    /// <summary>How every reason here begins.</summary>
    public const string Reason = "does not exist";

    public static SpecError Of(Ledger ledger, SpecKey key)
    {
        if (key.Kind != "VirtualMachine"
            || !ledger.Instances.TryGetValue(new InstanceName(key.Name), out var instance))
        {
            return new SpecError(key.ToString(), "", Reason, $"`havm get {key.Kind}` lists what does");
        }

        return instance.Owner == key
            ? new SpecError(key.ToString(), "", $"{Reason} any more: its instance is being shut down",
                $"`havm vm show {key.Name}` shows how far that is")
            : new SpecError(key.ToString(), "",
                $"{Reason}: {key.Name} is an instance of {instance.Owner}, role {instance.Role}",
                $"`havm service scale {instance.Owner.Name} {instance.Role} N` takes the highest index away; "
                    + $"`havm vm show {key.Name}` shows it");
    }
}
