using System.Buffers.Binary;

namespace Havm.Lab.Tests.Ground;

/// <summary>
/// The smallest kernel QEMU boots: an ELF file with a PVH entry note (Xen's x86 direct boot) whose code is one jump to
/// itself. It makes a guest that uses its processor and nothing else.
/// </summary>
internal static class SpinningKernel
{
    private const int LoadAddress = 0x100000;
    private const int HeaderBytes = 64;
    private const int SegmentBytes = 56;
    private const int Code = HeaderBytes + (2 * SegmentBytes);
    private const int Note = Code + 16;
    private const int NoteBytes = 20;
    private const int EntryNoteType = 18;

    public static string WriteOnce(string directory)
    {
        var path = $"{directory}/spin.elf";
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, Build());
        }

        return path;
    }

    private static byte[] Build()
    {
        var file = new byte[Note + NoteBytes];
        byte[] magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        magic.CopyTo(file, 0);
        Short(16, 2);
        Short(18, 62);
        Int(20, 1);
        Long(24, LoadAddress + Code);
        Long(32, HeaderBytes);
        Short(52, HeaderBytes);
        Short(54, SegmentBytes);
        Short(56, 2);
        Segment(HeaderBytes, type: 1, offset: 0, length: file.Length);
        Segment(HeaderBytes + SegmentBytes, type: 4, offset: Note, length: NoteBytes);
        file[Code] = 0xeb;
        file[Code + 1] = 0xfe;
        Int(Note, 4);
        Int(Note + 4, 4);
        Int(Note + 8, EntryNoteType);
        "Xen\0"u8.CopyTo(file.AsSpan(Note + 12));
        Int(Note + 16, LoadAddress + Code);
        return file;

        void Short(int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), value);
        void Int(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        void Long(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);
        void Segment(int at, int type, int offset, int length)
        {
            Int(at, type);
            Int(at + 4, 5);
            Long(at + 8, offset);
            Long(at + 16, LoadAddress + offset);
            Long(at + 24, LoadAddress + offset);
            Long(at + 32, length);
            Long(at + 40, length);
            Long(at + 48, 4);
        }
    }
}
