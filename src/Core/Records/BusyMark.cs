namespace Havm.Core.Records;

/// <summary>
/// Somebody outside works on an instance (a backup, an update in its guest): until its end nobody judges its silence,
/// and automation moves it nowhere. It ends by itself, so that one that is forgotten does no lasting harm.
/// </summary>
/// <param name="At">When it was ordered, UTC; or the clock found that it was set back since.</param>
/// <param name="Until">When it ends by itself, UTC.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Why">What is done, in a few words: "backup".</param>
public sealed record BusyMark(DateTimeOffset At, DateTimeOffset Until, string By, string Why);
