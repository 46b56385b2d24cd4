using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Havm.GuestAgent.Kernel;

/// <summary>
/// A network of the agent's own inside the guest: a network namespace with nothing in it but one address, and a pair of
/// virtual cards that joins it to the guest. On an address of the guest's own the agent would take its port from the
/// guest's programs: who listens on 0.0.0.0:80 could not start. It lasts as long as a socket that was made inside.
/// </summary>
internal static unsafe class PrivateNetwork
{
    /// <summary>The guest's end of the pair.</summary>
    public const string GuestCard = "havm0";

    private const string InnerCard = "havm1";
    private const int NewNetwork = 0x40000000, Up = 1;
    private const short CardName = 3, LinkInfo = 18, InfoKind = 1, InfoData = 2, Peer = 1, NamespaceDescriptor = 28;
    private const short PeerAddress = 1, LocalAddress = 2;
    private const byte LinkScope = 253;

    /// <summary>
    /// Makes it, and calls what is to be made inside. Null when all is well; else what is wrong, and nothing is left
    /// once the caller has closed what it made.
    /// </summary>
    /// <param name="inner">The address inside.</param>
    /// <param name="outer">The guest's address towards it; both are seen by this guest alone.</param>
    public static string? Make(byte[] inner, byte[] outer, Func<string?> inside)
    {
        int ours = Libc.Open("/proc/thread-self/ns/net", Libc.ReadOnly | Libc.CloseOnExec, 0);
        if (ours < 0 || Libc.Unshare(NewNetwork) < 0)
        {
            string fault = $"a network namespace cannot be made: error {Marshal.GetLastPInvokeError()}";
            _ = Libc.Close(ours);
            return fault;
        }

        string? wrong = MakePair(ours) ?? Join(InnerCard, inner, outer) ?? inside();
        if (Libc.EnterNamespace(ours, NewNetwork) < 0)
        {
            // Whoever is supervised here would be probed in the wrong network.
            Environment.FailFast($"the guest's own network cannot be entered again: {Marshal.GetLastPInvokeError()}");
        }

        _ = Libc.Close(ours);
        return wrong ?? Join(GuestCard, outer, inner);
    }

    private static string? MakePair(int ours)
    {
        var message = new NetlinkMessage(NetlinkMessage.NewLink, creates: true, Card(0, 0));
        message.Add(CardName, InnerCard);
        int info = message.Begin(LinkInfo);
        message.Add(InfoKind, "veth");
        int data = message.Begin(InfoData);
        int peer = message.Begin(Peer);
        message.Add(Card(0, 0));
        message.Add(CardName, GuestCard);
        message.Add(NamespaceDescriptor, Number(ours));
        message.End(peer);
        message.End(data);
        message.End(info);
        return Fault("a pair of virtual cards (veth) cannot be made", message.Send());
    }

    private static string? Join(string card, byte[] local, byte[] partner)
    {
        int index = (int)Libc.IndexOf(card);
        byte[] body = [(byte)Libc.InetFamily, 32, 0, LinkScope, .. Number(index)];
        var address = new NetlinkMessage(NetlinkMessage.NewAddress, creates: true, body);
        address.Add(LocalAddress, local);
        address.Add(PeerAddress, partner);
        return Fault($"{card} cannot have its address", address.Send())
            ?? Fault($"{card} cannot be set up",
                new NetlinkMessage(NetlinkMessage.NewLink, creates: false, Card(index, Up)).Send());
    }

    /// <summary>The kernel's ifinfomsg: which card, and which flags are to be set.</summary>
    private static byte[] Card(int index, int flags) =>
        [0, 0, 0, 0, .. Number(index), .. Number(flags), .. Number(flags)];

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static string? Fault(string what, int error) => error == 0 ? null : $"{what}: error {error}";
}
