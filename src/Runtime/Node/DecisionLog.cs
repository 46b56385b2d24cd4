using System.Globalization;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Runtime.Node;

/// <summary>
/// One line per decision: the decider's word, UTC, the code, the sentence. A decision that only repeats the one
/// before of the same code is written once a minute. Safe from any thread; a log that cannot be written stops nobody.
/// </summary>
public sealed class DecisionLog(TextWriter to, IClock clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private const int CodesRemembered = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Decider, string Code), (string Message, Instant At)> _said = [];

    public void Write(Reason reason)
    {
        lock (_lock)
        {
            var key = (reason.Decider, reason.Code);
            var now = clock.Now;
            if (_said.TryGetValue(key, out var before) && before.Message == reason.Message && now - before.At < Quiet)
            {
                return;
            }

            if (_said.Count >= CodesRemembered)
            {
                _said.Clear();
            }

            _said[key] = (reason.Message, now);
            try
            {
                to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{reason.Decider} {clock.Wall.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} "
                    + $"{reason.Code}: {reason.Message}"));
                to.Flush();
            }
            catch (IOException)
            {
                // A full disk behind the log: the decision stands all the same, and the report tells it.
            }
        }
    }

    public void Write(string decider, string code, string message) => Write(new Reason(decider, code, message));
}
