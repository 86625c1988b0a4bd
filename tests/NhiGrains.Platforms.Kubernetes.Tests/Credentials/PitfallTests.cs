using k8s;
using k8s.Models;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Credentials;

/// <summary>What Kubernetes really does where one could believe something else; the connector is built on these answers.</summary>
public class PitfallTests(Cluster cluster, ITestOutputHelper output) : KubernetesTests(cluster)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    [Fact]
    public async Task An_access_review_without_groups_says_no_to_what_a_group_gives()
    {
        var group = new Rbacv1Subject { Kind = "Group", ApiGroup = Rbac, Name = $"system:serviceaccounts:{Target.Namespace}" };
        var read = new V1PolicyRule { ApiGroups = [""], Resources = ["configmaps"], Verbs = ["get"] };
        await Target.Admin.CreateNamespacedRoleAsync(new() { Metadata = new() { Name = "readers" }, Rules = [read] }, Target.Namespace, cancellationToken: Cancellation);
        await Target.BindByHandAsync("everybody", (Rbac, "Role", "readers"), group);

        await Eventually.TrueAsync(() => Target.ReviewAsync(Target.Namespace, "get", "configmaps"), TimeSpan.FromSeconds(2), () => "refused", Cancellation);
        Assert.False(await Target.ReviewAsync(Target.Namespace, "get", "configmaps", groups: false));
    }

    [Fact]
    public async Task An_access_review_says_yes_for_an_account_that_was_deleted_and_the_probe_does_not()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Eventually.TrueAsync(() => Target.AllowsAsync(Target.Resource(1), Verb.Read), TimeSpan.FromSeconds(2), () => "refused", Cancellation);

        await Target.Admin.DeleteNamespacedServiceAccountAsync("app", Target.Namespace, cancellationToken: Cancellation);

        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.NotEmpty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
    }

    [Fact]
    public async Task A_token_is_forbidden_at_once_without_its_binding_and_not_accepted_soon_without_its_secret()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var now = TimeProvider.System.GetUtcNow();
        var issued = (await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g", now.AddSeconds(20), now), ConnectorTarget.Valid(), Cancellation)).Value;
        await UntilAsync(issued.Secret, CredentialAnswer.Works, TimeSpan.FromSeconds(2));

        await Target.ApplyAsync(Target.Desired(3));
        var forbidden = await UntilAsync(issued.Secret, CredentialAnswer.Forbidden, TimeSpan.FromSeconds(1));
        await Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g"], ConnectorTarget.Valid(), Cancellation);
        var notAccepted = await UntilAsync(issued.Secret, CredentialAnswer.NotAccepted, TimeSpan.FromSeconds(15));

        output.WriteLine($"Forbidden {forbidden.TotalSeconds:F2} s after the binding was deleted; not accepted {notAccepted.TotalSeconds:F1} s after its Secret was.");
        Assert.InRange(issued.ExpiresAt - now, TimeSpan.FromSeconds(595), TimeSpan.FromSeconds(610));
        Assert.True(issued.ResidualUntil < issued.ExpiresAt);
    }

    [Fact]
    public async Task A_new_account_of_an_old_name_inherits_the_bindings_until_they_are_taken_away()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var nativeId = (await Target.ApplyAsync(desired)).PrincipalNativeId;
        await Target.RecreatePrincipalAsync();
        var stranger = await Target.Admin.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } }, "app", Target.Namespace, cancellationToken: Cancellation);
        await UntilAsync(stranger.Status.Token, CredentialAnswer.Works, TimeSpan.FromSeconds(2));

        var bound = desired with { Binding = desired.Binding with { NativeId = nativeId } };
        await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(bound));

        await UntilAsync(stranger.Status.Token, CredentialAnswer.Forbidden, TimeSpan.FromSeconds(2));
        var now = TimeProvider.System.GetUtcNow();
        var refused = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.Connector.IssueCredentialAsync(new(bound.Binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation));
        Assert.Equal(PlatformError.Rejected, refused.Error);
    }

    [Fact]
    public async Task A_list_of_one_name_works_with_its_field_selector_alone()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.List)));

        await Eventually.TrueAsync(() => Target.ReviewAsync(Target.Namespace, "list", "configmaps", "config-1"), TimeSpan.FromSeconds(2), () => "refused", Cancellation);
        Assert.False(await Target.ReviewAsync(Target.Namespace, "list", "configmaps"));
        Assert.False(await Target.ReviewAsync(Target.Namespace, "create", "configmaps"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_secret_whose_labels_were_changed_ends_like_any_other(bool offboarding)
    {
        var now = TimeProvider.System.GetUtcNow();
        await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation);
        var secret = Assert.Single((await Target.Admin.ListNamespacedSecretAsync(Target.Namespace, cancellationToken: Cancellation)).Items);
        secret.Metadata.Labels = null;
        await Target.Admin.ReplaceNamespacedSecretAsync(secret, secret.Metadata.Name, Target.Namespace, cancellationToken: Cancellation);
        await Target.Admin.CreateNamespacedSecretAsync(new() { Metadata = new() { Name = "nhi-grant-0-0" }, Type = "nhigrains.io/grant" }, Target.Namespace, cancellationToken: Cancellation);

        if (offboarding)
            await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });
        else
            Assert.NotNull(await Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g"], ConnectorTarget.Valid(), Cancellation));

        Assert.Equal("nhi-grant-0-0", Assert.Single((await Target.Admin.ListNamespacedSecretAsync(Target.Namespace, cancellationToken: Cancellation)).Items).Metadata.Name);
    }

    private async Task<TimeSpan> UntilAsync(string token, CredentialAnswer expected, TimeSpan within)
    {
        var since = TimeProvider.System.GetTimestamp();
        CredentialAnswer? last = null;
        await Eventually.TrueAsync(async () => (last = await Target.TryAsync(token, Target.Resource(1))) == expected, within,
            () => $"{last} and not {expected} after {within}", Cancellation);
        return TimeProvider.System.GetElapsedTime(since);
    }
}
