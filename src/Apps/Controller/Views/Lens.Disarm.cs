using Havm.Core.Disarming;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <summary>Null when automation is on and every lease may prove.</summary>
    public DisarmView? Disarm() => Cluster.Ledger.Disarm is { State: not DisarmState.Over } disarm
        ? new DisarmView
        {
            Mode = Automation.NameOf(disarm.Mode),
            State = Word.Of(disarm.State),
            By = disarm.By,
            Message = disarm.Why.Message,
            Since = Moment.Of(disarm.At, Wall),
            Until = disarm.Until,
            Missing =
            [
                .. DisarmRule.Missing(Cluster, disarm).Select(n => new DisarmNodeView(n.Value, Speaks(n))),
            ],
        }
        : null;
}
