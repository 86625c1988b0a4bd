using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Moto;

[assembly: AssemblyFixture(typeof(NhiGrains.Platforms.Aws.Tests.Moto.MotoAccount))]

namespace NhiGrains.Platforms.Aws.Tests.Moto;

/// <summary>One real moto for all tests of this assembly; each test has a principal and a bucket of its own.</summary>
public sealed class MotoAccount : IAsyncLifetime
{
    private MotoServer? _server;

    public MotoServer Server => _server ?? throw new InvalidOperationException("moto was not started.");

    public async ValueTask InitializeAsync() => _server = await MotoServer.StartAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>What an authorizer that somebody else wrote makes of what the connector writes, as far as it can be trusted.</summary>
public sealed class MotoTests : IAsyncLifetime
{
    private static int _count;

    private readonly MotoServer _moto;
    private readonly AwsPlace _place;
    private readonly ServiceProvider _services;
    private readonly IPlatformConnector _connector;
    private readonly string _name = $"app-{Interlocked.Increment(ref _count)}";
    private readonly string _bucket = $"bucket-{_count}";

    public MotoTests(MotoAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        _moto = account.Server;
        _place = new(_moto.Address, MotoServer.AccountId, new(_moto.AdminKeyId, _moto.AdminSecret));
        (_services, _connector) = _place.Connector(options => options with { RequestTimeout = TimeSpan.FromSeconds(20) });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var admin = Client(_place.Admin);
        Assert.Equal(HttpStatusCode.OK, await admin.PutAsync($"/{_bucket}"));
        foreach (var key in (string[])["team-a/1", "team-a/2", "team-ab/1"])
            Assert.Equal(HttpStatusCode.OK, await admin.PutAsync($"/{_bucket}/{key}", "content"));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_role_is_made_given_observed_and_taken_away_by_one_and_in_bulk()
    {
        var desired = Desired("role", 2, Object("team-a/1", Verb.Read) with { Conditions = new(NotAfter: TimeProvider.System.GetUtcNow().AddHours(1)) });

        var applied = await ApplyAsync(desired);
        var one = await _connector.ObserveAsync(desired.Binding, "billing", Cancellation);
        var bulk = await _connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.StartsWith("AROA", applied.PrincipalNativeId, StringComparison.Ordinal);
        Assert.Empty(Comparison.Compare(Plan(desired).Objects, one));
        Assert.Equal(one.Objects, bulk.Single(observation => observation.Principal == desired.Binding.Principal).Objects);
        Assert.Equal(0, (await ApplyAsync(desired)).Writes);

        await ApplyAsync(Desired("role", 3) with { PrincipalWanted = false });
        Assert.Null((await _connector.ObserveAsync(desired.Binding, "billing", Cancellation)).PrincipalNativeId);
    }

    [Fact]
    public async Task A_session_may_do_what_was_given_and_nothing_beside_it_and_nothing_afterwards()
    {
        await ApplyAsync(Desired("role", 2, Object("team-a/1", Verb.Read), On(ResourceMatch.Prefix, "team-ab/", Verb.Write)));
        using var session = Client(await IssueAsync("role", "g1"));

        Assert.Equal(HttpStatusCode.OK, await session.GetAsync($"/{_bucket}/team-a/1"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.GetAsync($"/{_bucket}/team-a/2"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.PutAsync($"/{_bucket}/team-a/1", "x"));
        Assert.Equal(HttpStatusCode.OK, await session.PutAsync($"/{_bucket}/team-ab/2", "x"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.PutAsync($"/{_bucket}/team-a/3", "x"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.DeleteAsync($"/{_bucket}/team-ab/1"));

        await ApplyAsync(Desired("role", 3));
        Assert.Equal(HttpStatusCode.Forbidden, await session.GetAsync($"/{_bucket}/team-a/1"));
    }

    [Fact]
    public async Task A_prefix_and_all_reach_no_further_than_they_say()
    {
        await ApplyAsync(Desired("role", 2, On(ResourceMatch.Prefix, "team-a/", Verb.Read)));
        using var session = Client(await IssueAsync("role", "g1"));

        Assert.Equal(HttpStatusCode.OK, await session.GetAsync($"/{_bucket}/team-a/2"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.GetAsync($"/{_bucket}/team-ab/1"));
        await ApplyAsync(Desired("role", 3, On(ResourceMatch.All, null, Verb.Read)));
        Assert.Equal(HttpStatusCode.OK, await session.GetAsync($"/{_bucket}/team-ab/1"));
        Assert.Equal(HttpStatusCode.Forbidden, await session.GetAsync("/bucket-of-others/team-a/1"));
    }

    [Fact]
    public async Task A_user_has_a_key_for_each_of_two_grants_and_none_for_a_third_and_an_ended_one_is_not_accepted()
    {
        await ApplyAsync(Desired("user", 2, Object("team-a/1", Verb.Read)));
        using var first = Client(await IssueAsync("user", "g1"));
        using var second = Client(await IssueAsync("user", "g2"));

        Assert.Equal(HttpStatusCode.OK, await first.GetAsync($"/{_bucket}/team-a/1"));
        Assert.Equal("TOO_MANY_KEYS", (await _connector.IssueCredentialAsync(Request("user", "g3"), ConnectorTarget.Valid(), Cancellation)).Refusal?.Code);
        Assert.NotNull(await _connector.EndSessionsAsync(Binding("user"), "billing", ["g1"], ConnectorTarget.Valid(), Cancellation));
        Assert.Null(await _connector.EndSessionsAsync(Binding("user"), "billing", ["g1"], ConnectorTarget.Valid(), Cancellation));
        Assert.Equal(HttpStatusCode.Forbidden, await first.GetAsync($"/{_bucket}/team-a/1"));
        Assert.Equal(HttpStatusCode.OK, await second.GetAsync($"/{_bucket}/team-a/1"));
        await ApplyAsync(Desired("user", 3) with { PrincipalWanted = false });
        Assert.Equal(HttpStatusCode.Forbidden, await second.GetAsync($"/{_bucket}/team-a/1"));
    }

    [Fact]
    public async Task Everything_that_the_golden_files_show_is_accepted_as_a_policy()
    {
        using var api = _place.Api();
        await ApplyAsync(Desired("role", 2));
        foreach (var file in Directory.GetFiles(TestKit.Checkout.PathOf("tests/NhiGrains.Platforms.Aws.Tests/Golden"), "*.json"))
        {
            foreach (var policy in JsonNode.Parse(await File.ReadAllTextAsync(file, Cancellation))!["policies"]!.AsArray()) // GoldenTests wrote it.
                await api.PutPolicyAsync(new(Objects.PrincipalKind.Role, _name), "golden", policy!["document"]!.ToJsonString(), Cancellation); // Likewise.
        }

        var refused = await Assert.ThrowsAsync<PlatformException>(() => api.PutPolicyAsync(new(Objects.PrincipalKind.Role, _name), "golden", """{"Statement":"none"}""", Cancellation));
        Assert.Equal(PlatformError.Rejected, refused.Error);
    }

    [Fact]
    public async Task A_simulator_that_answers_500_with_html_is_a_failure_and_not_an_answer()
    {
        var desired = Desired("role", 2, Object("team-a/1", Verb.Read));
        await ApplyAsync(desired);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => _connector.ProbeAsync(desired, Cancellation));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
        Assert.DoesNotContain("<", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "SignatureDoesNotMatch")]
    [InlineData(false, "InvalidClientTokenId")]
    public async Task A_key_that_is_wrong_is_said_and_not_shown(bool known, string code)
    {
        var wrong = new AwsAccessKey(known ? _place.Admin.Id : "AKIAIOSFODNN7EXAMPLE", "no-such-secret");
        var (services, connector) = _place.Connector(options => options with { Credentials = wrong });
        await using var _ = services;

        var failure = await Assert.ThrowsAsync<PlatformException>(() => connector.ObserveAsync(Binding("role"), "billing", Cancellation));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains(code, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-secret", failure.ToString(), StringComparison.Ordinal);
    }

    private S3Client Client(AwsAccessKey key) => new(_moto.Address, key, TimeProvider.System);

    private async Task<AwsAccessKey> IssueAsync(string kind, string grant) =>
        Handed.Key((await _connector.IssueCredentialAsync(Request(kind, grant), ConnectorTarget.Valid(), Cancellation)).Value.Secret);

    private CredentialRequest Request(string kind, string grant)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(Binding(kind), "billing", grant, now.AddMinutes(20), now);
    }

    private Binding Binding(string kind) => new(AwsPlace.PlatformId, $"{kind}/{_name}", CreateIfMissing: true);

    private Entitlement Object(string key, params Verb[] verbs) => On(ResourceMatch.Exact, key, verbs);

    private Entitlement On(ResourceMatch match, string? key, params Verb[] verbs) => AwsPlace.On("s3-object", _bucket, match, key, verbs);

    private DesiredState Desired(string kind, long generation, params Entitlement[] entitlements) =>
        new("billing", AwsPlace.PlatformId, Binding(kind), generation, PrincipalWanted: true, [.. entitlements.Select(one => new DesiredEntitlement(one, "g1", null))], []);

    private Translation Plan(DesiredState desired) => _connector.Compile(new("billing", desired.Binding, desired.Entitlements, ControllerEndAllowed: false));

    private Task<ApplyResult> ApplyAsync(DesiredState desired) => _connector.ApplyAsync(desired, Plan(desired), ConnectorTarget.Valid(), Cancellation);
}
