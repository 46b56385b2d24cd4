using System.Reflection;
using System.Runtime.InteropServices;
using Havm.Guest.Agent;
using Havm.GuestAgent.DiskWriter;
using Havm.GuestAgent.Host;
using Havm.GuestAgent.Kernel;
using Havm.GuestAgent.Supervision;

namespace Havm.GuestAgent;

/// <summary>Puts the agent together. Exit codes: 0 ended by order, 2 bad command line.</summary>
internal static class Program
{
    private static int Main(string[] words)
    {
        if (words is ["disk-writer", .. var rest])
        {
            return WriterProgram.Run(rest);
        }

        (Options? options, string? fault) = Options.Parse(words);
        if (options is null)
        {
            Console.Error.WriteLine($"havm-guest-agent: {fault}\n{Options.Usage}");
            return 2;
        }

        return Run(options);
    }

    private static int Run(Options options)
    {
        var record = new RoleRecord(options.State);
        record.KillLeftover();
        int end = Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlock);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => AskEnd(context, end));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => AskEnd(context, end));

        string path = options.Port ?? WaitForPort();
        bool isSocket = options.Port is not null && !path.StartsWith("/dev/", StringComparison.Ordinal);
        var identity = new AgentIdentity("havm-guest-agent", Version(), BootId());
        var machine = new AgentMachine(identity, AgentSettings.Default with { BeatPeriod = options.BeatPeriod });
        Log.Write($"up, port {path}");
        LoopEnd reason = new AgentLoop(
            machine, new HostPort(path, isSocket), new MetadataPort(options.Metadata), record, new RoleOutput(), end)
            .Run();
        Libc.FlushAll();
        Log.Write(reason == LoopEnd.PowerOff ? "powering off" : "ending");
        if (reason == LoopEnd.PowerOff && options.PowerOff is { } program)
        {
            PowerOff(program);
        }

        return 0;
    }

    /// <summary>The kernel may still be bringing the port up.</summary>
    private static string WaitForPort()
    {
        bool told = false;
        string? path;
        while ((path = PortFinder.Find(PortFinder.GuestPort)) is null)
        {
            if (!told)
            {
                Log.Write($"no virtio-serial port named {PortFinder.GuestPort} yet");
                told = true;
            }

            Thread.Sleep(HostPort.LookPeriod);
        }

        return path;
    }

    private static unsafe void AskEnd(PosixSignalContext context, int descriptor)
    {
        context.Cancel = true;
        ulong one = 1;
        _ = Libc.Write(descriptor, (byte*)&one, sizeof(ulong));
    }

    private static void PowerOff(string program)
    {
        int process = Spawn.Start([program], [new("PATH", "/sbin:/usr/sbin:/bin:/usr/bin")]);
        if (process < 0)
        {
            Log.Write($"cannot run {program}: error {-process}");
        }
    }

    private static string Version() =>
        typeof(Program).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
