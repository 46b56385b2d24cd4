using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Sensors;

namespace Havm.Contracts.Sensors;

/// <summary>Over files with the names and contents of a kernel's.</summary>
public sealed class HostSensorsTests : SensorsContract, IDisposable
{
    private const string Memory = "sys/devices/system/edac/mc/mc0";

    private readonly string _root = Directory.CreateTempSubdirectory("havm-sensors-").FullName;
    private readonly HostSensors _sensors;

    public HostSensorsTests()
    {
        _sensors = new HostSensors(_root);
        Write($"{Memory}/ce_count", "0");
        Write($"{Memory}/ue_count", "0");
        Write("sys/devices/system/edac/mc/power/control", "auto");
        Write("sys/block/sda/device/ioerr_cnt", "0x0");
        Write("smart/sda.json", Smart(true, 0));
        Write("sys/class/net/lo/statistics/rx_crc_errors", "9");
        Write("sys/class/net/eth0/device/vendor", "0x8086");
        Write("sys/class/net/eth0/statistics/rx_crc_errors", "0");
        Write("sys/class/hwmon/hwmon0/temp1_input", "41000");
        Write("sys/class/hwmon/hwmon0/temp1_crit", "100000");
        Write("sys/class/hwmon/hwmon0/fan2_input", "1200");
        Write("sys/class/hwmon/hwmon0/fan2_alarm", "0");
    }

    protected override ISensors Sensors => _sensors;

    public void Dispose()
    {
        _sensors.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Every_source_is_read_as_the_kernel_writes_it()
    {
        Write("sys/block/sda/device/ioerr_cnt", "0x1f");
        Write("smart/sda.json", Smart(true, 12));
        Write("sys/class/net/eth0/statistics/rx_crc_errors", "70000");
        Write("sys/class/hwmon/hwmon0/temp1_input", "100500");
        Write("sys/class/hwmon/hwmon0/fan2_alarm", "1");
        Write("dev/kmsg",
            "6,1,10,-;Linux version 6.12\n2,7,90,-;mce: [Hardware Error]: Machine check events logged\n"
                + "2,8,91,-;[Hardware Error]: CPU 3: Machine check: 0 Bank 5\n4,9,95,-;usb 1-1: reset\n");

        var readings = await _sensors.ReadAsync(Cancel);

        Assert.Equal(31, Of(readings, WearKind.DiskErrors, "sda"));
        Assert.Equal(12, Of(readings, WearKind.DiskSectors, "sda"));
        Assert.Equal(70_000, Of(readings, WearKind.LinkErrors, "eth0"));
        Assert.Equal(1, Of(readings, WearKind.Overheated, "hwmon0/temp1"));
        Assert.Equal(1, Of(readings, WearKind.FanFailed, "hwmon0/fan2"));
        Assert.Equal(1, Of(readings, WearKind.MachineCheck, "cpu"));
        Assert.DoesNotContain(readings, reading => reading.Of == "lo");
    }

    [Fact]
    public void An_NVMe_disk_says_that_it_fails_by_its_critical_warning()
    {
        var readings = DiskHealth.Parse("nvme0n1",
            """
            {"smart_status": {"passed": true}, "nvme_smart_health_information_log":
              {"critical_warning": 4, "media_errors": 7}}
            """).ToList();

        Assert.Equal(
            [new SensorReading(WearKind.DiskFailing, "nvme0n1", 1), new(WearKind.DiskSectors, "nvme0n1", 7)], readings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("smartctl: not found")]
    public void What_is_no_answer_of_a_disk_says_nothing(string answer) =>
        Assert.Empty(DiskHealth.Parse("sda", answer));

    [Fact]
    public async Task A_machine_without_any_sensor_has_no_readings()
    {
        using var none = new HostSensors($"{_root}/none");
        Assert.Empty(await none.ReadAsync(Cancel));
    }

    protected override void Wear(WearKind kind, long more)
    {
        switch (kind)
        {
            case WearKind.MemoryCorrected:
                Write($"{Memory}/ce_count", $"{more}");
                break;
            case WearKind.MemoryUncorrected:
                Write($"{Memory}/ue_count", $"{more}");
                break;
            default:
                Write("smart/sda.json", Smart(false, 0));
                break;
        }
    }

    private static long Of(IEnumerable<SensorReading> readings, WearKind kind, string part) =>
        readings.Single(reading => reading.Kind == kind && reading.Of == part).Count;

    private static string Smart(bool passed, int sectors) =>
        "{\"smart_status\": {\"passed\": " + (passed ? "true" : "false") + "}, \"ata_smart_attributes\": {\"table\": ["
        + "{\"id\": 5, \"raw\": {\"value\": " + sectors + "}}, {\"id\": 9, \"raw\": {\"value\": 41000}}]}}";

    private void Write(string file, string text)
    {
        var path = Path.Join(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }
}
