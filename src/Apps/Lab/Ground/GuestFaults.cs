using System.Net.Sockets;
using System.Text;
using Havm.Lab.Observing;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// Faults of one guest: its QEMU dies, or, on the lab port's word, its program ends or its kernel hangs or panics.
/// </summary>
public sealed class GuestFaults(LabPlan plan)
{
    /// <summary>Kills the instance's QEMU, wherever it runs; the number of processes killed.</summary>
    public int Kill(string instance)
    {
        var processes = Running(instance);
        foreach (var process in processes)
        {
            Machine.Signal(process.Pid, Machine.Kill);
        }

        return processes.Count;
    }

    /// <summary>Tells the guest through its virtio-serial lab port: `hang`, `panic` or `kill-role`.</summary>
    public async Task TellAsync(string instance, string word)
    {
        foreach (var process in Running(instance))
        {
            var path = plan.Paths.LabPort(process.Node, instance);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                await socket.SendAsync(Encoding.UTF8.GetBytes(word + "\n"));
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException refused)
            {
                throw new LabRefusal(
                    $"instance '{instance}'", "lab port", $"{path} does not take the word: {refused.Message}",
                    "Use a guest image with the lab port, or havm lab kill-vm");
            }
        }
    }

    /// <summary>
    /// The guest's largest resident memory of its agent and the processor time that agent has used, as its kernel
    /// counts them: in steps of 10 ms.
    /// </summary>
    /// <exception cref="LabFailure">It does not answer within 10 s.</exception>
    public async Task<(double MiB, TimeSpan Cpu)> MeasureAgentAsync(string instance)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(
            plan.Paths.LabPort(Running(instance)[0].Node, instance)));
        await socket.SendAsync("measure\n"u8.ToArray());
        using var lines = new StreamReader(new NetworkStream(socket));
        try
        {
            var words = (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) ?? "").Split(' ');
            return (long.Parse(words[0]) / 1024.0, TimeSpan.FromMilliseconds(10 * long.Parse(words[1])));
        }
        catch (Exception mute) when (mute is TimeoutException or FormatException)
        {
            throw new LabFailure($"the lab port of {instance} answered no figures: {mute.Message}");
        }
    }

    /// <summary>The instance's QEMUs; at least one.</summary>
    /// <exception cref="LabRefusal">None runs it.</exception>
    public IReadOnlyList<QemuProcess> Running(string instance)
    {
        var all = QemuProcessTable.Read(plan).ToList();
        var found = all.Where(process => process.Instance == instance).ToList();
        return found.Count > 0 ? found : throw new LabRefusal(
            $"instance '{instance}'", "INSTANCE", "no QEMU of this lab runs it",
            all.Count == 0
                ? "Start one first; none runs now"
                : $"Choose one of {string.Join(", ", all.Select(process => process.Instance).Distinct())}");
    }
}
