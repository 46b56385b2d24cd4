using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Transport.Http.Server;
using Havm.Wire.Node;

namespace Havm.Host.Tests;

/// <summary>A controller played by the test over the real transport: it answers what it is told to.</summary>
internal sealed class PlayedController : INodeSink, IAsyncDisposable
{
    private readonly HttpNodeListener _listener;

    private PlayedController(int port)
    {
        Port = port;
        _listener = new HttpNodeListener(new IPEndPoint(IPAddress.Loopback, port));
    }

    public int Port { get; }

    /// <summary>Whether beats of the warden renew its lease.</summary>
    public volatile bool Granting = true;

    /// <summary>Whether anything is answered at all.</summary>
    public volatile bool Answering = true;

    public volatile Goal? Goal;

    /// <summary>Whether a warden is told a goal though there is none.</summary>
    public volatile bool TellsGoals = true;

    /// <summary>What a warden is told before there is any: a lease without a goal opens no gate.</summary>
    private static readonly Goal Nothing = new() { Epoch = new(1), Revision = 0 };

    public volatile LongLeaseWord? LongLease;

    public volatile WardenBeat? Warden;

    public volatile NodeReport? Report;

    public volatile AgentBeat? Agent;

    /// <summary>The newest state of every incident ever reported.</summary>
    public ConcurrentDictionary<string, HostIncident> Incidents { get; } = [];

    public ConcurrentQueue<DatagramBeat> Datagrams { get; } = [];

    /// <summary>Beats without a report, after one was held: the cheap ones.</summary>
    public int BareBeats;

    public static async Task<PlayedController> StartAsync(CancellationToken cancel)
    {
        while (true)
        {
            var controller = new PlayedController(FreePort());
            try
            {
                await controller._listener.StartAsync(controller, cancel);
                return controller;
            }
            catch (TransportException)
            {
                // Somebody was quicker to take the port or the one after it.
                await controller.DisposeAsync();
            }
        }
    }

    public void Heard(INodeConnection from, NodeFrame frame)
    {
        if (frame.Warden is { } warden)
        {
            Warden = warden;
            Answer(from, warden.Sequence, 0, Goal ?? (TellsGoals ? Nothing : null));
        }

        if (frame.Agent is { } agent)
        {
            Agent = agent;
            Report = agent.Report ?? Report;
            foreach (var incident in agent.Report?.Incidents ?? [])
            {
                Incidents[incident.Id] = incident;
            }

            BareBeats += agent.Report is null && agent.ReportVersion > 0 ? 1 : 0;
            Answer(from, agent.Sequence, Report?.Version ?? 0, Goal);
        }
    }

    public void Datagram(DatagramBeat beat) => Datagrams.Enqueue(beat);

    public void Closed(INodeConnection connection)
    {
    }

    public InstanceReport? Seen(string instance) =>
        Report?.Instances.FirstOrDefault(seen => seen.Instance.Value == instance);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    /// <summary>Every departure that is announced is on record at once.</summary>
    public bool LetsGo { get; set; } = true;

    private void Answer(INodeConnection to, long sequence, long version, Goal? goal)
    {
        if (Answering)
        {
            to.Send(new ControllerFrame
            {
                Cluster = "test",
                Controller = "c1",
                Epoch = new(1),
                Answers = sequence,
                Lease = Granting,
                Departs = LetsGo,
                ReportVersion = version,
                Goal = goal,
                LongLease = LongLease,
            });
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
