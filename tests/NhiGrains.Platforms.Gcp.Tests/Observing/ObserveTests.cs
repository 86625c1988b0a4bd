using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests.Observing;

/// <summary>What others do around an account is seen wherever it is, and told apart from what is ours.</summary>
public class ObserveTests : GcpTests
{
    private const string Accounts = $"v1/projects/{GcpTarget.Project}/serviceAccounts";

    private DesiredState Desired => Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

    [Fact]
    public async Task A_binding_on_something_that_we_never_touched_is_extra_and_removed_alone()
    {
        await Target.Hands.DoAsync("PUT", $"v1/projects/{GcpTarget.Project}/topics/orders", new JsonObject());
        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/secrets?secretId=key", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
        string[] places = [$"v1/projects/{GcpTarget.Project}/topics/orders", $"v1/projects/{GcpTarget.Project}/secrets/key", $"storage/v1/b/{GcpTarget.OtherBucket}", $"v3/projects/{GcpTarget.Project}", $"{Accounts}/{Target.Binding.Principal}"];
        foreach (var place in places)
        {
            await Target.Hands.BindAsync(place, RoleAt(place), "user:somebody@example.com");
            await Target.Hands.BindAsync(place, RoleAt(place), Target.Member);
        }

        await Target.ApplyAsync(Desired);
        var extra = await DifferencesAsync();

        Assert.Equal(places.Length, extra.Count);
        Assert.All(extra, one => Assert.True(one is { Kind: DifferenceKind.Extra, Ownership: Ownership.Foreign }, one.ToString()));
        foreach (var one in extra)
            await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, new(one.ObjectKind, one.Key, one.Observed ?? ""), ConnectorTarget.Valid(), Cancellation);
        Assert.Empty(await DifferencesAsync());
        foreach (var place in places)
            Assert.Contains("somebody@example.com", (await Target.Hands.PolicyAsync(place)).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allAuthenticatedUsers")]
    [InlineData("group:everybody@example.com")]
    [InlineData("domain:example.com")]
    [InlineData("projectViewer:shop-prod")]
    public async Task What_reaches_the_account_by_something_wider_is_inherited_and_nobodys_drift(string member)
    {
        if (member.StartsWith("projectViewer", StringComparison.Ordinal))
            await Target.Hands.BindAsync($"v3/projects/{GcpTarget.Project}", "roles/viewer", Target.Member);
        await Target.Hands.BindAsync($"storage/v1/b/{GcpTarget.OtherBucket}", "roles/storage.objectViewer", member);

        var inherited = (await Target.ObserveAsync()).Objects.Where(seen => seen.Ownership == Ownership.Inherited && seen.Object.Key.Contains("objectViewer", StringComparison.Ordinal));

        Assert.Contains(member, Assert.Single(inherited).Object.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_of_ours_that_was_widened_is_changed_and_put_right()
    {
        await Target.ApplyAsync(Desired);
        var role = Roles().Single();
        await Target.Hands.DoAsync("PATCH", $"v1/{role}?updateMask=includedPermissions", new JsonObject { ["includedPermissions"] = new JsonArray("storage.objects.get", "storage.objects.delete") });

        var changed = Assert.Single(await DifferencesAsync());
        Assert.Equal(DifferenceKind.Changed, changed.Kind);
        Assert.Contains("storage.objects.delete", changed.Observed, StringComparison.Ordinal);
        await Target.ApplyAsync(Desired);

        Assert.Empty(await DifferencesAsync());
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Delete));
    }

    [Fact]
    public async Task A_role_of_ours_that_was_deleted_is_missing_and_restored()
    {
        await Target.ApplyAsync(Desired);
        await Target.Hands.DoAsync("DELETE", $"v1/{Roles().Single()}");

        Assert.NotEmpty(await DifferencesAsync());
        await Target.ApplyAsync(Desired);

        Assert.Empty(await DifferencesAsync());
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    [Fact]
    public async Task Somebody_who_was_put_into_our_binding_is_seen_and_taken_out()
    {
        await Target.ApplyAsync(Desired);
        await Target.Hands.EditAsync($"storage/v1/b/{GcpTarget.Bucket}", bindings =>
            bindings.Single(binding => binding?["condition"] is not null)?["members"]?.AsArray().Add("user:mallory@example.com"));

        Assert.Contains("mallory", Assert.Single(await DifferencesAsync()).Observed, StringComparison.Ordinal);
        await Target.ApplyAsync(Desired);

        Assert.Empty(await DifferencesAsync());
    }

    [Fact]
    public async Task A_copied_title_is_seen_beside_the_real_one_and_goes()
    {
        await Target.ApplyAsync(Desired);
        var title = (await Target.ObserveAsync()).Objects.Single(seen => seen.Ownership == Ownership.Ours).Object.Key.Split(' ')[1];
        await Target.Hands.BindAsync($"storage/v1/b/{GcpTarget.Bucket}", "roles/storage.objectAdmin", Target.Member, "request.time > timestamp(\"2001-01-01T00:00:00Z\")", title);

        Assert.NotEmpty(await DifferencesAsync());
        await Target.ApplyAsync(Desired);

        Assert.Empty(await DifferencesAsync());
        Assert.False(await Target.AllowsAsync(Target.Resource(2), Verb.Delete));
    }

    [Fact]
    public async Task A_key_that_somebody_made_is_extra_and_deleted_when_a_person_says_so()
    {
        await Target.ApplyAsync(Desired);
        await Target.Hands.DoAsync("POST", $"{Accounts}/{Target.Binding.Principal}/keys", new JsonObject());

        var extra = Assert.Single(await DifferencesAsync());
        Assert.Equal("Key", extra.ObjectKind);
        await Target.ApplyAsync(Desired);
        Assert.NotEmpty(await DifferencesAsync());
        await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, new(extra.ObjectKind, extra.Key, extra.Observed ?? ""), ConnectorTarget.Valid(), Cancellation);

        Assert.Empty(await DifferencesAsync());
    }

    [Fact]
    public async Task A_key_whose_public_half_was_uploaded_is_told_as_such_with_its_end()
    {
        using var pair = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=unused", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), new(2030, 1, 3, 3, 4, 5, TimeSpan.Zero));
        await Target.Hands.DoAsync("POST", $"{Accounts}/{Target.Binding.Principal}/keys:upload", new JsonObject { ["publicKeyData"] = Convert.ToBase64String(certificate.RawData) });

        var seen = Assert.Single((await Target.ObserveAsync()).Objects, one => one.Object.Kind == "Key");

        Assert.Equal("""{"disabled":false,"from":"2030-01-02T03:04:05Z","until":"2030-01-03T03:04:05Z","uploaded":true}""", seen.Object.Body);
    }

    [Fact]
    public async Task Every_page_is_read_and_one_that_is_empty_ends_nothing()
    {
        foreach (var number in Enumerable.Range(1, 7))
            await Target.Hands.CreateAccountAsync($"account-{number}");
        await Target.ApplyAsync(Desired);
        Target.Server.Faults.Plan = new(PageSize: 2);

        var seen = await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.Equal(8, seen.Count(observation => observation.PrincipalNativeId is not null));
        Assert.Empty(await DifferencesAsync());
    }

    private IEnumerable<string> Roles() => Target.Plan(Desired).Objects.Select(one => JsonNode.Parse(one.Body)?["role"]?.GetValue<string>() ?? "");

    private async Task<IReadOnlyList<Difference>> DifferencesAsync() => Comparison.Compare(Target.Plan(Desired).Objects, await Target.ObserveAsync());

    private static string RoleAt(string place) =>
        place.Contains("/topics/", StringComparison.Ordinal) ? "roles/pubsub.publisher"
        : place.Contains("/secrets/", StringComparison.Ordinal) ? "roles/secretmanager.secretAccessor"
        : place.Contains("/b/", StringComparison.Ordinal) ? "roles/storage.objectViewer"
        : place.Contains("/serviceAccounts/", StringComparison.Ordinal) ? "roles/iam.serviceAccountTokenCreator"
        : "roles/run.invoker";
}
