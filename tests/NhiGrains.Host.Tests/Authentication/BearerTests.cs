using System.Net;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Tests.Authentication;

public sealed class BearerTests : IAsyncLifetime
{
    private readonly TokenTrust _trust = new() { KeyFile = Path.Combine(Directory.CreateTempSubdirectory("nhigrains-key-").FullName, "signing-key.pem") };
    private GuardedServer? _server;
    private Forge? _forge;

    private GuardedServer Server => _server ?? throw new InvalidOperationException("Not started.");

    private Forge Forge => _forge ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await GuardedServer.StartAsync(_trust);
        _forge = new(SigningKeyFile.LoadOrCreate(_trust.KeyFile));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_trust.KeyFile) ?? "", recursive: true);
    }

    [Fact]
    public async Task A_good_token_gives_its_subject_and_the_roles_that_exist() =>
        Assert.Equal(
            """{"IsAuthenticated":true,"Name":"ada","Roles":["auditor"],"Identity":null}""",
            await Server.SeenAsync("/auditor", Forge.Token()));

    [Fact]
    public async Task The_token_of_an_identity_says_which_it_is() =>
        Assert.Equal(
            """{"IsAuthenticated":true,"Name":"identity/billing","Roles":[],"Identity":"billing"}""",
            await Server.SeenAsync("/anybody", Issue(new("identity/billing", [], "billing", TimeSpan.FromMinutes(1)))));

    [Theory]
    [InlineData("expired", "The token has expired.")]
    [InlineData("too early", "The token is not valid yet.")]
    [InlineData("without an end", "The token does not say when it ends.")]
    [InlineData("other audience", "The token is for another audience.")]
    [InlineData("without audience", "The token is for another audience.")]
    [InlineData("other issuer", "The token is from another issuer.")]
    [InlineData("other key", "The token is not signed with a key that is trusted here.")]
    [InlineData("other key under our id", "The token is not signed with a key that is trusted here.")]
    [InlineData("none", "The token is not signed with a key that is trusted here.")]
    [InlineData("symmetric with our public key", "The token is not signed with a key that is trusted here.")]
    [InlineData("changed", "The token is not signed with a key that is trusted here.")]
    [InlineData("without subject", "The token names no subject.")]
    [InlineData("blank subject", "The token names no subject.")]
    [InlineData("no identity id", "The token names an identity by something that is no identity's id.")]
    [InlineData("two identities", "The token names an identity by something that is no identity's id.")]
    [InlineData("too long", "The token is not a JSON Web Token.")]
    [InlineData("no token", "The token is not a JSON Web Token.")]
    [InlineData("three parts of nothing", "The token is not a JSON Web Token.")]
    public async Task A_bad_token_is_refused_with_the_reason_everywhere(string how, string reason)
    {
        var token = Forge.Bad(how);
        foreach (var path in (string[])["/auditor", "/anybody"])
        {
            using var answer = await Server.GetAsync(path, token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal($"Bearer error=\"invalid_token\", error_description=\"{reason}\"", answer.Headers.WwwAuthenticate.ToString());
            Assert.Contains(reason, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal(reason, (await Server.Check.CheckAsync(token)).Refusal?.Message);
    }

    [Fact]
    public async Task A_token_outside_a_header_gives_the_same_principal()
    {
        var token = Forge.Token();
        var principal = (await Server.Check.CheckAsync(token)).Value;
        Assert.Equal(await Server.SeenAsync("/anybody", token), GuardedServer.Describe(principal));
    }

    [Theory]
    [InlineData("act", true)]
    [InlineData("actort", true)]
    [InlineData("may_act", false)] // Says who could, and not that somebody does.
    public async Task A_token_with_which_somebody_acts_for_its_subject_says_so(string claim, bool delegated)
    {
        var token = Forge.Token(t => t.Claims[claim] = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "agent-7" });

        var principal = (await Server.Check.CheckAsync(token)).Value;

        Assert.Equal("ada", principal.Identity?.Name);
        Assert.Equal(delegated, principal.HasClaim(one => one.Type == NhiClaims.Delegated));
    }

    [Fact]
    public async Task Without_a_token_what_needs_one_is_refused()
    {
        using var answer = await Server.GetAsync("/auditor", token: null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Without_the_role_it_is_forbidden()
    {
        using var answer = await Server.GetAsync("/auditor", Issue(new("bob", [RoleNames.Viewer], null, TimeSpan.FromMinutes(1))));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("FORBIDDEN", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private string Issue(TokenOrder order) =>
        new TokenIssuer(SigningKeyFile.LoadOrCreate(_trust.KeyFile), _trust, TimeProvider.System).Issue(order).Value;
}
