using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.People;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.Webhooks;

public sealed class PeopleEventTests : IAsyncLifetime
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddHours(-1);

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-people-").FullName;
    private RunningServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunningServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    private IDirectoryGrain People => Server.Services.GetRequiredService<IGrainFactory>().GetGrain<IDirectoryGrain>(Directories.Main);

    public async ValueTask InitializeAsync()
    {
        var secrets = Path.Combine(_folder, "secrets");
        await File.WriteAllTextAsync(secrets, $"whsec_{Convert.ToBase64String(Secret)}\n", Cancellation);
        _server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), ($"{SettingKeys.Webhooks}:{SettingKeys.PeopleSecretsFile}", secrets));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_person_who_left_is_told_by_a_signed_event_which_counts_once_however_often_it_is_sent()
    {
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("1", "departed", "ada", HandoverDays("3"))));
        var departure = await People.DepartureOf("ada");
        Assert.Equal(TimeSpan.FromDays(3), departure?.HandoverBy - departure?.Since);
        Assert.Contains("OWNER_DEPARTED", (await Server.QueryAsync(Register("late", "ada"))).GetRawText(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(Event("2", "returned", "ada"))).Code);
        Assert.Null(await People.DepartureOf("ada"));
        // The first one again, as a sender does who has not got the answer: with another timestamp, so that it is no replay.
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(Event("1", "departed", "ada", HandoverDays("3")), seconds: 5)).Code);
        Assert.Null(await People.DepartureOf("ada"));
    }

    [Fact]
    public async Task An_event_that_comes_after_a_later_one_undoes_nothing_and_is_told_in_the_audit()
    {
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("10", "departed", "ada", at: 20)));

        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("9", "returned", "ada", at: 10))); // On its way since before.
        Assert.NotNull(await People.DepartureOf("ada"));
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("11", "departed", "ada", at: 30))); // Known, and later.
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("12", "returned", "ada", at: 25)));
        Assert.NotNull(await People.DepartureOf("ada"));
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("13", "returned", "ada", at: 40)));
        Assert.Null(await People.DepartureOf("ada"));
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("14", "departed", "ada", at: 35)));
        Assert.Null(await People.DepartureOf("ada"));

        // What a person says happens now, so it is later than what the directory elsewhere told before.
        Assert.Null((await People.Execute(new("k", "root", new DirectoryCommand.RecordDeparture("ada", TimeSpan.FromDays(1), "")))).Refusal);
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event("15", "returned", "ada", at: 50)));
        Assert.NotNull(await People.DepartureOf("ada"));

        using var export = await Server.GetAsync("/audit/export", GraphQL.Access.RoleNames.Admin);
        var told = (await export.Content.ReadAsStringAsync(Cancellation)).Split('\n').Where(line => line.Contains("directory.outdated", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, told.Length);
        Assert.Contains("\"person\":\"ada\"", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_owned_who_left_is_on_the_list_of_orphans()
    {
        Assert.Contains("IdentitySuccess", (await Server.QueryAsync(Register("billing", "bob"))).GetRawText(), StringComparison.Ordinal);

        await SendAsync(Event("3", "departed", "bob"));

        const string expected = """{"identities":{"nodes":[{"identityId":"billing","orphaned":{"person":"bob"}}]}}""";
        var last = "";
        await Eventually.TrueAsync(
            async () => expected == (last = (await Server.QueryAsync("{identities(filter:{orphaned:true}){nodes{identityId orphaned{person}}}}")).GetRawText()),
            TimeSpan.FromSeconds(30), () => last, Cancellation);
    }

    [Fact]
    public async Task An_event_that_tells_of_nobody_or_is_not_signed_changes_nothing()
    {
        foreach (var (body, status, told) in ((string, HttpStatusCode, string)[])
        [
            (Event("4", "moved", "eve"), HttpStatusCode.UnprocessableEntity, "UNSUPPORTED_EVENT"),
            (Event("5", "departed", "eve", HandoverDays("\"3\"")), HttpStatusCode.UnprocessableEntity, "INVALID_HANDOVER"),
            (Event("6", "departed", "eve", HandoverDays("365")), HttpStatusCode.UnprocessableEntity, "INVALID_HANDOVER"),
            (Event("7", "departed", "eve", HandoverDays("1e99")), HttpStatusCode.UnprocessableEntity, "INVALID_HANDOVER"),
            (Event("8", "departed", "identity:billing"), HttpStatusCode.UnprocessableEntity, "NOT_A_PERSON"),
            (Event("9", "departed", "\\u0000"), HttpStatusCode.UnprocessableEntity, "INVALID_PERSON"),
            (Event("9a", "departed", "eve").Replace("\"time\"", "\"at\"", StringComparison.Ordinal), HttpStatusCode.UnprocessableEntity, "TIME_REQUIRED"),
            (Event("9b", "departed", "eve", at: 4_000), HttpStatusCode.UnprocessableEntity, "FROM_THE_FUTURE"),
            (Event("10", "departed", ""), HttpStatusCode.BadRequest, "a person"),
            ("{}", HttpStatusCode.BadRequest, "MALFORMED_EVENT"),
        ])
        {
            var (code, text) = await SendAsync(body);
            Assert.Equal((status, true), (code, text.Contains(told, StringComparison.Ordinal)));
        }

        var (forged, why) = await SendAsync(Event("11", "departed", "eve"), secret: new byte[32]);
        Assert.Equal((HttpStatusCode.Unauthorized, true), (forged, why.Contains("INVALID_SIGNATURE", StringComparison.Ordinal)));
        Assert.Empty((await People.Current()).Departed);
    }

    /// <param name="at">In seconds since an hour before the tests began.</param>
    private static string Event(string id, string type, string person, string more = "", int at = 0) =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"/hr","type":"io.nhigrains.person.{{{type}}}","time":"{{{Begin.AddSeconds(at):O}}}","subject":"{{{person}}}"{{{more}}} }""";

    private static string HandoverDays(string days) => $",\"data\":{{\"handoverDays\":{days}}}";

    private static string Register(string id, string owner) =>
        """mutation{registerIdentity(input:{identityId:"ID",kind:BOT,owner:{person:"OWNER",team:"ops"},environment:"test"}){result{__typename ...on Refusal{code}}}}"""
            .Replace("ID", id, StringComparison.Ordinal).Replace("OWNER", owner, StringComparison.Ordinal);

    private async Task<(HttpStatusCode Code, string Text)> SendAsync(string body, int seconds = 0, byte[]? secret = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Server.Url}/events/people")) { Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json") };
        var timestamp = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", "msg");
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret ?? Secret, Encoding.UTF8.GetBytes($"msg.{timestamp}.{body}"))));
        using var answer = await client.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
