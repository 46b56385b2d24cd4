using System.Runtime.InteropServices;
using Havm.Runtime.Node;
using Havm.Warden;

// Exit codes: 0 ended by a signal, or a departure was told; 1 a broken invariant, a resource that cannot be had, or a
// departure that no controller was told; 2 bad arguments or configuration.
const string Usage = """
    usage: havm-warden --config FILE
           havm-warden depart --config FILE [--reboot | --cancel] [--timeout SECONDS]
    """;

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
try
{
    if (args is ["depart", .. var words] && DepartCommand.Read(words) is { } depart)
    {
        return await depart.RunAsync(NodeConfigFile.Read(depart.Config), stop.Token);
    }

    if (args is ["--config", var path])
    {
        await WardenProcess.RunAsync(NodeConfigFile.Read(path), stop.Token);
        return 0;
    }

    Console.Error.WriteLine(Usage);
    return 2;
}
catch (ConfigException e)
{
    Console.Error.WriteLine($"havm-warden: {e.Message}");
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine($"havm-warden: {e.Message}");
    return 1;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
