using System.Runtime.InteropServices;
using Havm.HostAgent;
using Havm.Runtime.Node;
using Havm.Runtime.Ports;

// Exit codes: 0 ended by a signal, 1 a broken invariant or a resource that cannot be had, 2 bad arguments or
// configuration.
if (args is not ["--config", var path])
{
    Console.Error.WriteLine("usage: havm-agent --config FILE");
    return 2;
}

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
try
{
    await AgentProcess.RunAsync(NodeConfigFile.Read(path), stop.Token);
    return 0;
}
catch (ConfigException e)
{
    Console.Error.WriteLine($"havm-agent: {e.Message}");
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or MachineException)
{
    Console.Error.WriteLine($"havm-agent: {e.Message}");
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
