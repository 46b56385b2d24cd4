using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Havm.Datastore;

/// <summary>
/// What kind of file lies at a path. .NET does not tell devices on Linux: its FileAttributes.Device is never set there.
/// </summary>
public static partial class DeviceFile
{
    private const int FromWorkingDirectory = -100;
    private const uint TypeWanted = 1;

    /// <summary>The size of struct statx, and where stx_mode lies in it (statx(2)).</summary>
    private const int StatxBytes = 256;
    private const int ModeAt = 28;

    private const int TypeMask = 0xF000;
    private const int CharacterDevice = 0x2000;

    /// <summary>False also where nothing is there. The file is not opened: that would arm a watchdog.</summary>
    public static bool IsCharacter(string path)
    {
        var found = new byte[StatxBytes];
        return Statx(FromWorkingDirectory, Encoding.UTF8.GetBytes(path + "\0"), 0, TypeWanted, found) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(found.AsSpan(ModeAt)) & TypeMask) == CharacterDevice;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, byte[] path, int flags, uint mask, byte[] found);
}
