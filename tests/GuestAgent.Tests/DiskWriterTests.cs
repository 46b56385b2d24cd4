using Havm.GuestAgent.DiskWriter;

namespace Havm.GuestAgent.Tests;

public sealed class DiskWriterTests
{
    private static readonly DiskRecord Found = new("db-0", 3, 2, 1234);

    [Fact]
    public void A_record_is_one_readable_sector_and_comes_back()
    {
        byte[] sector = Found.Encode();
        Assert.Equal(DiskRecord.Bytes, sector.Length);
        Assert.StartsWith("havm-disk/1 writer=db-0 generation=3 boot=2 counter=1234 crc=",
            System.Text.Encoding.ASCII.GetString(sector));
        Assert.Equal(Found, DiskRecord.Decode(sector));
    }

    [Fact]
    public void The_checksum_is_the_one_of_zlib() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void A_sector_of_zeros_is_an_unwritten_disk() => Assert.Null(DiskRecord.Decode(new byte[512]));

    [Fact]
    public void A_changed_byte_is_noticed()
    {
        byte[] sector = Found.Encode();
        sector[20] ^= 1;
        Assert.Throws<FormatException>(() => DiskRecord.Decode(sector));
    }

    [Fact]
    public void The_next_writer_counts_on() =>
        Assert.Equal(new DiskRecord("db-0", 4, 3, 1235), WriterRule.Begin(Found, "db-0", 4).First);

    [Theory]
    [InlineData("db-0", 2)]
    [InlineData("db-1", 9)]
    public void A_lower_generation_or_another_name_must_not_write(string writer, long generation)
    {
        (DiskRecord? first, string? refusal) = WriterRule.Begin(Found, writer, generation);
        Assert.Null(first);
        Assert.NotNull(refusal);
    }

    [Fact]
    public void A_writer_that_finds_another_record_than_its_own_stops()
    {
        Assert.Equal(1235, WriterRule.Continue(Found, Found).Next!.Counter);
        Assert.Null(WriterRule.Continue(Found with { Generation = 4 }, Found).Next);
        Assert.Null(WriterRule.Continue(null, Found).Next);
    }
}
