using System.Globalization;
using System.Text.Json;
using Havm.Wire.Guest;

namespace Havm.Guest.Notices;

/// <summary>
/// What the guest is told of what is planned with it, who has asked for that, and what was approved. Times are of the
/// guest's own clock since its boot; the wall clock only words what people read.
/// </summary>
public sealed class NoticeBoard
{
    /// <summary>Where the document is.</summary>
    public const string Path = "/metadata/scheduledevents";

    /// <summary>Who has not asked for as long wants to be told no more, as Azure has it.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromHours(24);

    private static readonly string[] Versions =
        ["2017-08-01", "2017-11-01", "2019-01-01", "2019-04-01", "2019-08-01", "2020-07-01"];

    private NoticeSpec? _notice;
    private TimeSpan _due;
    private string? _notBefore;
    private bool _started;
    private long _incarnation = 1;
    private string? _approved;
    private NoticesMessage? _said;

    /// <summary>When it was last asked for; null: never, or it is forgotten.</summary>
    private TimeSpan? _readAt;

    /// <summary>When who asked is forgotten; null: nobody has.</summary>
    public TimeSpan? Due => _readAt + Forgotten;

    /// <summary>What the host is told of it; null: nobody has ever asked.</summary>
    public NoticesMessage? Word => _said;

    /// <summary>The host says what is planned; told again, the same plan keeps its time.</summary>
    public void Take(NoticeSpec? notice, TimeSpan now)
    {
        if (notice?.Id == _notice?.Id)
        {
            return;
        }

        (_notice, _due, _notBefore, _started) = (notice, now + (notice?.NotBefore ?? TimeSpan.Zero), null, false);
        _incarnation++;
    }

    /// <summary>The guest is being shut down.</summary>
    public void Start()
    {
        _incarnation += _notice is not null && !_started ? 1 : 0;
        _started = true;
    }

    /// <summary>What is news to the host since it was last asked; null: nothing.</summary>
    public NoticesMessage? News(TimeSpan now)
    {
        _readAt = Due <= now ? null : _readAt;
        if (_readAt is null && _said is null)
        {
            return null;
        }

        var word = new NoticesMessage(_readAt is not null, _approved);
        var news = word == _said ? null : word;
        _said = word;
        return news;
    }

    /// <summary>Answers a request; what it changes is told by <see cref="News"/>.</summary>
    /// <param name="wall">The guest's time of day, UTC.</param>
    public MetadataAnswer Answer(MetadataRequest request, string instance, TimeSpan now, DateTimeOffset wall)
    {
        if (Refusal(request) is { } refusal)
        {
            return refusal;
        }

        if (request.Method == "POST")
        {
            return Approve(request.Body);
        }

        _readAt = now;
        _notBefore ??= (wall + (_due - now)).ToString("R", CultureInfo.InvariantCulture);
        var document = new EventsDocument(_incarnation, _notice is { } notice ? [Event(notice, instance)] : []);
        return new MetadataAnswer(200, JsonSerializer.Serialize(document, EventsJson.Default.EventsDocument));
    }

    private static MetadataAnswer? Refusal(MetadataRequest request) => request switch
    {
        { Method: "" } => Bad(400, $"this is no HTTP request, or it is longer than {MetadataRequest.MaxBytes} bytes"),
        _ when request.Path.TrimEnd('/') != Path => Bad(404, $"nothing is at {request.Path}; ask for {Path}"),
        { Method: not ("GET" or "POST") } => Bad(405, $"{request.Method} is not understood; write GET or POST"),
        { HasMetadata: false } => Bad(400, "the header `Metadata: true` is missing; send it"),
        { IsForwarded: true } => Bad(400, "the request came through a proxy (X-Forwarded-For); send it directly"),
        _ when request.Field("api-version") is not { } version => Bad(
            400, $"api-version is missing; write ?api-version={Versions[^1]}"),
        _ when !Versions.Contains(request.Field("api-version")) => Bad(400,
            $"api-version {request.Field("api-version")} is unknown; write one of {string.Join(", ", Versions)}"),
        _ => null,
    };

    /// <summary>All of a list or nothing: who names what is not planned has read an older document.</summary>
    private MetadataAnswer Approve(byte[] body)
    {
        StartRequestList? list = null;
        try
        {
            list = JsonSerializer.Deserialize(body, EventsJson.Default.StartRequestList);
        }
        catch (JsonException)
        {
            // Answered below, as any body that names no event.
        }

        if (list?.StartRequests is not [_, ..] wanted)
        {
            return Bad(400, """the body names no event; write {"StartRequests": [{"EventId": "..."}]}""");
        }

        if (wanted.FirstOrDefault(each => each?.EventId != _notice?.Id || _notice is null) is { } other)
        {
            return Bad(400, $"event {other.EventId} is not scheduled; read the document again");
        }

        if (wanted.Contains(null))
        {
            return Bad(400, "an entry of StartRequests is null; write its EventId");
        }

        _approved = _notice!.Id;
        return new MetadataAnswer(200, "");
    }

    private ScheduledEvent Event(NoticeSpec notice, string instance) => new(
        notice.Id, notice.Type.ToString(), "VirtualMachine", [instance], _started ? "Started" : "Scheduled",
        _started ? "" : _notBefore!, notice.Description, notice.Source.ToString(), -1);

    private static MetadataAnswer Bad(int status, string words) =>
        new(status, JsonSerializer.Serialize(new MetadataError(words), EventsJson.Default.MetadataError));
}
