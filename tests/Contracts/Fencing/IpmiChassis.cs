using System.Diagnostics;
using System.Net.NetworkInformation;
using Havm.Contracts.Transport;
using Havm.Model;
using Havm.Tests;

namespace Havm.Contracts.Fencing;

/// <summary>
/// A BMC that speaks IPMI over UDP (OpenIPMI's simulator), with a script behind it that plays the chassis: files hold
/// its power, its behaviour and the orders that it has carried out.
/// </summary>
public class IpmiChassis : IChassis
{
    /// <summary>The simulator sends these 16 bytes as they stand.</summary>
    public const string Uuid = "11111111-2222-4333-8444-0123456789ab";

    private const string Emulated =
        """
        mc_setbmc 0x20
        mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
        mc_enable 0x20
        """;

    /// <summary>Power going reads as on: chassis status knows nothing between on and off.</summary>
    private const string Script =
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        read -r mode <mode
        read -r power <power
        action=$1; shift
        if [ "$action" = get ]; then
          for what; do
            case $what,$mode,$power in
              power,mute,*) exit 1 ;;
              power,lie,*|power,*,off) echo power:0 ;;
              power,*) echo power:1 ;;
              *) echo "$what:0" ;;
            esac
          done
        elif [ "$mode" != lie ]; then
          while [ $# -gt 1 ]; do
            case $1,$2 in
              power,0) echo off >power; echo off >>orders ;;
              power,*) echo on >power; echo on >>orders ;;
              *) echo "$1" >>orders ;;
            esac
            shift 2
          done
        fi
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("havm-ipmi-").FullName;
    private readonly int _port = FreePorts.Pair() + 1;
    private readonly Process _simulator;
    private bool _still;

    public IpmiChassis()
    {
        Write("power", "on\n");
        Write("mode", "ok\n");
        Write("orders", "");
        Write("emulated", Emulated + "\n");
        Write("lan", Lan());
        Write("chassis", Script + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write("credentials", "admin:right-word\n");
        Directory.CreateDirectory(At("state"));
        _simulator = Process.Start(new ProcessStartInfo(
            "/usr/bin/ipmi_sim", ["-n", "-c", At("lan"), "-f", At("emulated"), "-s", At("state")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Until.TrueAsync("the simulated BMC listens", () =>
        {
            Assert.False(_simulator.HasExited, "the simulated BMC ended: see its output");
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Any(end => end.Port == _port);
        }).GetAwaiter().GetResult();
    }

    public string Credentials => At("credentials");

    public virtual FenceMethod Spec => new()
    {
        Driver = FenceDriver.Ipmi,
        Address = $"127.0.0.1:{_port}",
        Uuid = Uuid.ToUpperInvariant(),
        CredentialsFile = Credentials,
    };

    protected int Port => _port;

    public PowerState StatedWhileGoing => PowerState.On;

    public PowerState Power
    {
        get => File.ReadAllText(At("power")).Trim() switch
        {
            "on" => PowerState.On,
            "off" => PowerState.Off,
            _ => PowerState.Unknown,
        };
        set => Write("power", value switch
        {
            PowerState.On => "on\n",
            PowerState.Off => "off\n",
            PowerState.Unknown => "going\n",
        });
    }

    public int Orders => File.ReadAllLines(At("orders")).Length;

    public FenceMethod WithWrongPassword()
    {
        Write("wrong", "admin:wrong-word\n");
        return Spec with { CredentialsFile = At("wrong") };
    }

    public void BeTruthful()
    {
        Signal("CONT");
        Write("mode", "ok\n");
    }

    /// <summary>It stands still: nothing answers, and nothing refuses either.</summary>
    public void BeDead() => Signal("STOP");

    public void Lie() => Write("mode", "lie\n");

    /// <summary>It answers, and does not know its chassis' power.</summary>
    public void BeMute() => Write("mode", "mute\n");

    public async ValueTask DisposeAsync()
    {
        Signal("CONT");
        _simulator.Kill(entireProcessTree: true);
        await _simulator.WaitForExitAsync();
        _simulator.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private string Lan() =>
        $"""
        name "chassis"
        set_working_mc 0x20
          startlan 1
            addr 127.0.0.1 {_port}
            priv_limit admin
            allowed_auths_callback none md2 md5 straight
            allowed_auths_user none md2 md5 straight
            allowed_auths_operator none md2 md5 straight
            allowed_auths_admin none md2 md5 straight
            guid {Uuid.Replace("-", "", StringComparison.Ordinal)}
          endlan
          chassis_control "{At("chassis")}"
          user 2 true "admin" "right-word" admin 10 none md2 md5 straight

        """;

    private string At(string file) => Path.Join(_directory, file);

    private void Write(string file, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(At(file) + ".new", text);
        File.SetUnixFileMode(At(file) + ".new", mode);
        File.Move(At(file) + ".new", At(file), overwrite: true);
    }

    private void Signal(string name)
    {
        bool still = name == "STOP";
        if (still != _still)
        {
            using var kill = Process.Start("/bin/kill", [$"-{name}", $"{_simulator.Id}"]);
            kill.WaitForExit();
            _still = still;
        }
    }
}
