using System.Buffers;

namespace Havm.Specs;

/// <summary>What no text of ours holds: control characters but tab, line feed and carriage return.</summary>
internal static class SpecCharacters
{
    public static readonly SearchValues<char> Unwanted = SearchValues.Create(
    [
        .. Enumerable.Range(0, 32).Select(code => (char)code).Where(c => c is not ('\t' or '\n' or '\r')),
        '\x7f', '\ufffd',
    ]);
}
