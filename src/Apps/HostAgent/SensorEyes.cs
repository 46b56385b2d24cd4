using Havm.Core.Host.Goals;
using Havm.Runtime.Ports;

namespace Havm.HostAgent;

/// <summary>Reads the machine's sensors every few seconds. What hangs is read again when it comes back.</summary>
public static class SensorEyes
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(ISensors sensors, Action<HostInput> inbox, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            do
            {
                inbox(new HostInput.SensorsRead(await sensors.ReadAsync(cancel)));
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }
}
