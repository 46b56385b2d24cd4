using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// At no moment would two controllers grant leases or send orders, each by its own clock; and what is committed is
/// committed in the newest term: none counts after a commit of a later one. A backup that is put back knows nothing of
/// the terms since.
/// </summary>
public sealed class OneLeaderAtATime : IChecker
{
    private Epoch _newest = Epoch.None;
    private bool _restored;

    public string Name => "OneLeaderAtATime";

    public string? See(TraceEvent happened)
    {
        _restored |= happened is Injected { Op: "restore-backup" };
        return null;
    }

    public string? Look(Truth truth)
    {
        if (_restored && truth.LastCommit != _newest)
        {
            (_newest, _restored) = (truth.LastCommit, false);
        }

        if (truth.LastCommit < _newest)
        {
            return $"a commit of term {truth.LastCommit} counts after one of term {_newest}";
        }

        _newest = truth.LastCommit;
        return truth.Acting is [_, _, ..] acting ? $"{string.Join(" and ", acting)} lead at once" : null;
    }
}
