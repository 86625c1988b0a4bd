using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests.Credentials;

public class TokenTests : GcpTests
{
    [Fact]
    public async Task A_token_is_never_longer_than_its_grant_nor_than_the_option_says()
    {
        Assert.InRange((await IssueAsync(TimeSpan.FromSeconds(90))).ExpiresAt - Target.Server.Clock.GetUtcNow(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
        Assert.InRange((await IssueAsync(TimeSpan.FromHours(9))).ExpiresAt - Target.Server.Clock.GetUtcNow(), TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Enabling_an_account_again_revives_its_tokens_and_gives_them_no_access_that_was_taken_away()
    {
        var account = $"v1/projects/{GcpTarget.Project}/serviceAccounts/{Target.Binding.Principal}";
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var token = (await IssueAsync(TimeSpan.FromMinutes(10))).Secret;
        Assert.Equal(CredentialAnswer.Works, await Target.TryAsync(token, Target.Resource(1)));

        await Target.Hands.DoAsync("POST", $"{account}:disable", new System.Text.Json.Nodes.JsonObject());
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(token, Target.Resource(1)));
        await Target.ApplyAsync(Target.Desired(3));
        await Target.Hands.DoAsync("POST", $"{account}:enable", new System.Text.Json.Nodes.JsonObject());

        Assert.Equal(CredentialAnswer.Forbidden, await Target.TryAsync(token, Target.Resource(1)));
    }

    [Fact]
    public async Task An_account_that_was_created_again_gets_no_token()
    {
        var bound = Target.Binding with { NativeId = (await Target.ObserveAsync()).PrincipalNativeId };
        await Target.RecreatePrincipalAsync();
        var now = Target.Server.Clock.GetUtcNow();

        var refused = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.Connector.IssueCredentialAsync(new(bound, Target.IdentityId, "g1", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation));

        Assert.Equal(PlatformError.Rejected, refused.Error);
    }

    [Fact]
    public async Task Ending_says_until_when_a_token_may_last()
    {
        var before = TimeProvider.System.GetUtcNow();

        var until = await Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g1"], ConnectorTarget.Valid(), Cancellation);

        Assert.InRange(until ?? default, before.AddMinutes(15), before.AddMinutes(16));
    }

    private async Task<IssuedCredential> IssueAsync(TimeSpan left)
    {
        var now = Target.Server.Clock.GetUtcNow();
        return (await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g1", now + left, now), ConnectorTarget.Valid(), Cancellation)).Value;
    }
}
