namespace Havm.Cli.Verbs;

/// <summary>A file that a command makes for the person who named it.</summary>
internal static class OutputFile
{
    /// <summary>Unbuffered: what is there was written whole, whatever ends this process.</summary>
    /// <exception cref="CliFailure">It cannot be written.</exception>
    public static void Write(string path, string option, Action<Stream> write)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            write(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.Of(ExitCodes.Failed, path, option, e.Message.TrimEnd('.'), "name a writable file");
        }
    }
}
