using System.Text;
using System.Text.Json;
using Havm.Guest.Agent;
using Havm.Guest.Host;
using Havm.Guest.Notices;
using Havm.Model;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

/// <summary>What a program in the guest reads of what is planned, and what its answer comes to.</summary>
public sealed class NoticeStories
{
    private const string Version = "api-version=2020-07-01";
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly NoticeSpec Move = new(
        "web-0-1-move-7", NoticeType.Redeploy, TimeSpan.FromSeconds(28), NoticeSource.Platform, "its node is drained");

    [Fact]
    public void What_is_planned_is_read_as_azures_document()
    {
        var story = Told(Move);
        story.Pass(8);

        var root = Read(story);

        var first = Assert.Single(root.GetProperty("Events").EnumerateArray());
        Assert.Equal("web-0-1-move-7", first.GetProperty("EventId").GetString());
        Assert.Equal("Redeploy", first.GetProperty("EventType").GetString());
        Assert.Equal("VirtualMachine", first.GetProperty("ResourceType").GetString());
        Assert.Equal("web-0", Assert.Single(first.GetProperty("Resources").EnumerateArray()).GetString());
        Assert.Equal("Scheduled", first.GetProperty("EventStatus").GetString());
        Assert.Equal("Sun, 01 Mar 2026 12:00:20 GMT", first.GetProperty("NotBefore").GetString());
        Assert.Equal("Platform", first.GetProperty("EventSource").GetString());
        Assert.Equal(-1, first.GetProperty("DurationInSeconds").GetInt32());
        Assert.Equal("its node is drained", first.GetProperty("Description").GetString());
    }

    [Fact]
    public void The_same_plan_told_again_keeps_its_time_and_the_document_its_number()
    {
        var story = Told(Move);
        string before = Read(story).GetRawText();

        story.Pass(10);
        story.Hear(Story.Configure(Story.Web()) with { Notice = Move with { NotBefore = TimeSpan.FromSeconds(99) } });

        Assert.Equal(before, Read(story).GetRawText());
        story.Hear(Story.Configure(Story.Web()));
        var after = Read(story);
        Assert.Empty(after.GetProperty("Events").EnumerateArray());
        Assert.NotEqual(JsonDocument.Parse(before).RootElement.GetProperty("DocumentIncarnation").GetInt64(),
            after.GetProperty("DocumentIncarnation").GetInt64());
    }

    [Fact]
    public void The_host_hears_at_once_that_somebody_asks_and_is_told_when_that_is_a_day_ago()
    {
        var story = Told(null);
        Assert.DoesNotContain(story.Said, m => m is NoticesMessage);

        Read(story);
        Assert.Equal(new NoticesMessage(true), Assert.Single(story.Said.OfType<NoticesMessage>()));

        story.Forget().Pass(TimeSpan.FromHours(24).TotalSeconds + 1);
        Assert.Equal(new NoticesMessage(false), Assert.Single(story.Said.OfType<NoticesMessage>()));
    }

    [Fact]
    public void A_host_that_comes_later_is_told_too()
    {
        var story = Told(null);
        Read(story);

        story.Forget().Meet(new AgentInput.HostLeft()).Meet(new AgentInput.HostCame());

        Assert.Contains(new NoticesMessage(true), story.Said);
    }

    [Fact]
    public void An_approval_names_the_plan_and_a_wrong_one_changes_nothing()
    {
        var story = Told(Move);
        Read(story);

        Assert.Equal((400, "not scheduled"), Post(story, """{"StartRequests":[{"EventId":"other"}]}"""));
        Assert.Equal((400, "names no event"), Post(story, """{"StartRequests":[]}"""));
        Assert.Equal((400, "names no event"), Post(story, "nonsense"));
        Assert.Equal((400, "is null"), Post(story, """{"StartRequests":[null]}"""));
        Assert.DoesNotContain(story.Said, m => m is NoticesMessage { Approved: not null });

        Assert.Equal((200, ""), Post(story, """{"StartRequests":[{"EventId":"web-0-1-move-7"}]}"""));
        Assert.Equal(new NoticesMessage(true, "web-0-1-move-7"), story.Said.OfType<NoticesMessage>().Last());
    }

    [Fact]
    public void A_guest_that_is_shut_down_reads_that_it_has_started()
    {
        var story = Told(Move);

        story.Hear(new ShutdownMessage(TimeSpan.FromSeconds(30)));

        var first = Assert.Single(Read(story).GetProperty("Events").EnumerateArray());
        Assert.Equal(("Started", ""),
            (first.GetProperty("EventStatus").GetString(), first.GetProperty("NotBefore").GetString()));
    }

    [Theory]
    [InlineData("GET", "/metadata/scheduledevents", "", true, false, 400, "api-version is missing")]
    [InlineData("GET", "/metadata/scheduledevents", "api-version=1999", true, false, 400, "is unknown")]
    [InlineData("GET", "/metadata/scheduledevents", Version, false, false, 400, "Metadata: true")]
    [InlineData("GET", "/metadata/scheduledevents", Version, true, true, 400, "X-Forwarded-For")]
    [InlineData("DELETE", "/metadata/scheduledevents", Version, true, false, 405, "GET or POST")]
    [InlineData("GET", "/latest/meta-data", Version, true, false, 404, "/metadata/scheduledevents")]
    [InlineData("", "", "", false, false, 400, "no HTTP request")]
    public void A_bad_request_is_told_what_to_do_and_is_no_reader(
        string method, string path, string query, bool metadata, bool forwarded, int status, string words)
    {
        var story = Told(Move);

        var answer = Ask(story, new MetadataRequest(method, path, query, metadata, forwarded, []));

        Assert.Equal(status, answer.Status);
        Assert.Contains(words, JsonDocument.Parse(answer.Body).RootElement.GetProperty("error").GetString());
        Assert.DoesNotContain(story.Said, m => m is NoticesMessage);
    }

    [Fact]
    public void A_request_is_read_once_it_is_whole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(
            "POST /a?b=c HTTP/1.1\r\nmetadata: TRUE\r\nContent-Length: 2\r\nX-Forwarded-For: x\r\n\r\n{}");
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Null(MetadataRequest.Read(bytes.AsSpan(0, i)));
        }

        var whole = MetadataRequest.Read(bytes)!;
        Assert.Equal(("POST", "/a", "c", true, true, "{}"),
            (whole.Method, whole.Path, whole.Field("b"), whole.HasMetadata, whole.IsForwarded,
                Encoding.ASCII.GetString(whole.Body)));
        Assert.Equal("", MetadataRequest.Read("no request\r\n\r\n"u8)!.Method);
    }

    [Fact]
    public void A_body_in_chunks_is_read_once_its_last_has_come()
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n3;x=y\r\na\"}\r\n0\r\n\r\n");
        Assert.Null(MetadataRequest.Read(bytes.AsSpan(0, bytes.Length - 6)));

        Assert.Equal("{\"a\"}"u8.ToArray(), MetadataRequest.Read(bytes)!.Body);
        Assert.Null(MetadataRequest.Read("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"u8));
    }

    [Fact]
    public void What_is_no_request_has_no_method()
    {
        Assert.Equal("", MetadataRequest.Read(new byte[MetadataRequest.MaxBytes])!.Method);
        Assert.Equal("", MetadataRequest.Read("GET / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"u8)!.Method);
    }

    [Fact]
    public void Signs_are_told_when_they_change_and_an_agent_that_begins_anew_has_no_reader()
    {
        var translator = new GuestTranslator();

        Assert.Equal([MachineSignKind.ReadsNotices], Signs(translator, new NoticesMessage(true)));
        Assert.Empty(Signs(translator, new NoticesMessage(true)));
        Assert.Equal([MachineSignKind.NoticeApproved], Signs(translator, new NoticesMessage(true, "x")));
        Assert.Empty(Signs(translator, new HelloMessage("a", "1", "b", TimeSpan.Zero, "web-0", 1)));
        Assert.Equal(
            [MachineSignKind.ReadsNoNotices], Signs(translator, new HelloMessage("a", "1", "b", TimeSpan.Zero)));
    }

    private static MachineSignKind[] Signs(GuestTranslator translator, GuestMessage message) =>
    [
        .. translator.Take(message, TimeSpan.Zero).Select(sign => sign.Kind)
            .Where(kind => kind != MachineSignKind.GuestBeat),
    ];

    private static Story Told(NoticeSpec? notice) => new Story().Meet(new AgentInput.HostCame())
        .Hear(Story.Configure(Story.Web()) with { Notice = notice });

    private static MetadataAnswer Ask(Story story, MetadataRequest request)
    {
        story.Meet(new AgentInput.MetadataAsked(7, request, Noon));
        var effect = story.Effects.OfType<AgentEffect.Answer>().Last();
        Assert.Equal(7, effect.Connection);
        return effect.Said;
    }

    private static JsonElement Read(Story story)
    {
        var answer = Ask(story, new MetadataRequest("GET", NoticeBoard.Path, Version, true, false, []));
        Assert.Equal(200, answer.Status);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    private static (int Status, string Words) Post(Story story, string body)
    {
        var answer = Ask(story, new MetadataRequest(
            "POST", NoticeBoard.Path, Version, true, false, Encoding.UTF8.GetBytes(body)));
        string[] known = ["not scheduled", "names no event", "is null"];
        return (answer.Status, known.FirstOrDefault(answer.Body.Contains) ?? answer.Body);
    }
}
