using System.Globalization;
using Havm.GuestAgent.Kernel;

namespace Havm.GuestAgent;

/// <summary>Terse lines on stderr, which is the guest's console; each with the guest's uptime.</summary>
internal static class Log
{
    public static void Write(string text) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"guest-agent {Libc.Uptime().TotalSeconds:0.00} {text}"));
}
