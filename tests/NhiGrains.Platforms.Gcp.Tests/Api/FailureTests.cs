using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Gcp.Tests.Api;

public class FailureTests : GcpTests
{
    [Fact]
    public async Task A_permission_that_we_lack_is_named()
    {
        var failure = await FailureWithAsync(Target.Cloud.TokenFor("weak@example.com", TimeSpan.FromHours(1)));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Matches("[a-z]+\\.[A-Za-z]+\\.[a-zA-Z]+", failure.Message);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_said_and_not_shown()
    {
        var failure = await FailureWithAsync("no-such-token");

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains("401", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-token", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_expire_in_the_middle_are_said()
    {
        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/roles", new System.Text.Json.Nodes.JsonObject { ["roleId"] = "connector", ["role"] = LeastPrivilegeTests.Role() });
        await Target.Hands.BindAsync($"v3/projects/{GcpTarget.Project}", $"projects/{GcpTarget.Project}/roles/connector", "user:control@example.com");
        var (services, connector) = GcpTarget.ConnectorFor(Target.Options(Target.Address, Target.Cloud.TokenFor("control@example.com", TimeSpan.FromHours(1))));
        await using var end = services;
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), connector);

        Target.Server.Clock.Advance(TimeSpan.FromHours(2));
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), connector));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    [Fact]
    public async Task Nobody_who_answers_is_unavailable()
    {
        var (services, connector) = GcpTarget.ConnectorFor(Target.Options(new($"http://127.0.0.1:{TestKit.Kubernetes.LoopbackPorts.Free(1)[0]}")));
        await using var end = services;

        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(connector))).Error);
    }

    [Fact]
    public async Task A_redirection_is_not_followed_with_our_token()
    {
        using var elsewhere = Target.Proxy.Inject(new Fault.Answer(302, Body: "<html>over there</html>", ContentType: "text/html"), _ => true);

        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty))).Error);
    }

    [Theory]
    [InlineData("""{"accounts":[{}]}""", "/serviceAccounts?")]
    [InlineData("""{"accounts":[null]}""", "/serviceAccounts?")]
    [InlineData("""{"accounts":[],"nextPageToken":"again"}""", "/serviceAccounts?")]
    [InlineData("""{"topics":[{"labels":{}}]}""", "/topics?")]
    [InlineData("""{"roles":[{"title":"x"}]}""", "/roles?")]
    [InlineData("""{"bindings":[{"members":["user:a@example.com"]}],"etag":"BwXX"}""", ":getIamPolicy")]
    [InlineData("""{"bindings":[null],"etag":"BwXX"}""", ":getIamPolicy")]
    [InlineData("""{"bindings":[]}""", ":getIamPolicy")]
    [InlineData("""{"keys":[{}]}""", "/keys?")]
    public async Task An_answer_that_is_not_whole_is_not_taken_for_an_empty_one(string body, string where)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using var garbled = Target.Proxy.Inject(new Fault.Answer(200, Body: body, ContentType: "application/json"), request => request.Target.Contains(where, StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
    }

    [Fact]
    public async Task Googles_words_are_shown_in_a_bounded_length_and_on_one_line()
    {
        var body = $$$"""{"error":{"code":400,"message":"{{{new string('x', 5000)}}}\nsecond line","status":"INVALID_ARGUMENT"}}""";
        using var refused = Target.Proxy.Inject(new Fault.Answer(400, Body: body, ContentType: "application/json"), _ => true);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty));

        Assert.Equal(PlatformError.Rejected, failure.Error);
        Assert.True(failure.ToString().Length < 4_000);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_resource_that_is_not_of_the_project_gets_nothing()
    {
        var elsewhere = Target.Entitlement(new("storage-bucket", "", ResourceMatch.Exact, "bucket-of-another-project"), Verb.Read);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, elsewhere), Target.Faulty));

        Assert.Equal(PlatformError.NotFound, failure.Error);
        Assert.DoesNotContain(Target.Proxy.Passed, Target.Writes);
    }

    private async Task<PlatformException> FailureWithAsync(string token)
    {
        var (services, connector) = GcpTarget.ConnectorFor(Target.Options(Target.Address, token));
        await using var end = services;
        return await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(connector));
    }
}
