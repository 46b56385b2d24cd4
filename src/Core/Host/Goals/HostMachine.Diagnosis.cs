using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// The diagnosis that the goal asks for, and what sensors say. The order is in the goal, which is durable: a life of
/// the agent that has no answer to it looks again.
/// </summary>
public sealed partial class HostMachine
{
    private readonly WearWatch _wear = new();
    private DiagnosisReport? _diagnosis;
    private long _diagnosing;

    /// <summary>A goal that is only remembered may ask for what was answered long ago.</summary>
    private void DiagnoseIfAsked()
    {
        if (!_goalIsLive)
        {
            return;
        }

        var asked = _goal?.Diagnosis;
        if (asked is null)
        {
            _dirty |= _diagnosis is not null;
            _diagnosis = null;
            _diagnosing = 0;
        }
        else if (_diagnosing != asked.Id)
        {
            _diagnosing = asked.Id;
            _effects.Add(new HostEffect.Diagnose(asked));
            Tell(new Reason("diagnosis", "begins", $"diagnosis {asked.Id}: the machine is looked at"));
        }
    }

    private void TakeDiagnosis(DiagnosisReport report)
    {
        if (report.Id != _diagnosing)
        {
            return;
        }

        _diagnosis = report;
        _dirty = true;
        var bad = report.Findings.Count(finding => finding.Result == DiagnosisResult.Fail);
        Tell(new Reason("diagnosis", bad == 0 ? "passed" : "failed",
            $"diagnosis {report.Id}: {Count.Of(report.Findings.Length, "finding")}, {bad} bad"));
    }
}
