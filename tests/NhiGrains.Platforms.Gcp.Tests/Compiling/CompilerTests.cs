using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Compiling;

namespace NhiGrains.Platforms.Gcp.Tests.Compiling;

public class CompilerTests
{
    [Theory]
    [InlineData("storage-objct", "", "a", "UNKNOWN_RESOURCE_TYPE", "storage-object")]
    [InlineData("storage-object", "", "a", "MALFORMED_RESOURCE", "bucket")]
    [InlineData("storage-object", "or/ders", "a", "MALFORMED_RESOURCE", "bucket")]
    [InlineData("storage-bucket", "", "UPPER", "MALFORMED_RESOURCE", "without project")]
    [InlineData("pubsub-topic", "other-prod", "orders", "CONTAINER_NOT_SUPPORTED", "empty")]
    [InlineData("pubsub-topic", "", "projects/other-prod/topics/orders", "MALFORMED_RESOURCE", "without project")]
    [InlineData("run-service", "europe-west9", "checkout", "SERVICE_NOT_LOOKED_AFTER", "region")]
    [InlineData("run-service", "", "checkout", "MALFORMED_RESOURCE", "region")]
    public void What_cannot_be_meant_is_refused_with_what_helps(string type, string container, string name, string code, string remedy)
    {
        var refused = Refused(Of([Verb.Read], new ResourceSelector(type, container, ResourceMatch.Exact, name)));

        Assert.Equal(code, refused.Code);
        Assert.Contains(remedy, refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_objects_fit_in_a_policy_and_what_does_not_is_refused()
    {
        ResourceSelector[] Objects(int count) => [.. Enumerable.Range(0, count).Select(number => new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, $"object-{number:000}"))];
        Entitlement[] Many(int count) => [.. Objects(count).Chunk(100).Select(chunk => Of([Verb.Read], chunk))];

        Assert.Equal(10, Plan(Many(100)).Objects.Count);
        Assert.IsType<Fidelity.Exact>(Plan(Many(200)).Fidelity);
        Assert.Equal("TOO_MANY_CONDITIONS", Assert.IsType<Fidelity.Refused>(Plan(Many(201)).Fidelity).Why.Code);
    }

    [Fact]
    public void A_principal_of_another_project_is_refused() =>
        Assert.Equal("INVALID_PRINCIPAL", Assert.IsType<Fidelity.Refused>(new Compiler(Some.Options).Compile(
            new("billing", Some.Binding with { Principal = "billing-app@other-prod.iam.gserviceaccount.com" }, [new(Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")), "g1", null)], false)).Fidelity).Why.Code);

    [Theory]
    [InlineData("gcp:iam.serviceAccounts.getAccessToken", "HANDS_OUT_ACCESS")]
    [InlineData("gcp:pubsub.topics.updat", "INVALID_NATIVE_ACTION")]
    [InlineData("pubsub.topics.update", "INVALID_NATIVE_ACTION")]
    [InlineData("gcp:secretmanager.secrets.update", "ACTION_WITHOUT_RESOURCE")]
    [InlineData("gcp:pubsub.topics.list", "NEEDS_ALL")]
    public void A_native_action_that_is_not_given_is_refused(string action, string code) =>
        Assert.Equal(code, Refused(Of([Verb.Read], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "orders")) with { NativeActions = [action] }).Code);

    [Fact]
    public void What_sets_the_lifecycle_of_a_bucket_is_behind_no_verb_and_has_to_be_named()
    {
        var orders = new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders");

        Assert.Contains("READ", Refused(Of([Verb.Write], orders)).Remedy, StringComparison.Ordinal);
        Assert.Contains("storage.buckets.update", Plan(Of([], orders) with { NativeActions = ["gcp:storage.buckets.update"] }).Objects[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Prefixes_of_secrets_need_the_projects_number()
    {
        var compiler = new Compiler(Some.Options with { ProjectNumber = null });
        var prefix = Of([Verb.Read], new ResourceSelector("secretmanager-secret", "", ResourceMatch.Prefix, "db-"));

        Assert.Equal("PREFIX_NOT_SUPPORTED", Assert.IsType<Fidelity.Refused>(compiler.Compile(new("billing", Some.Binding, [new(prefix, "g1", null)], false)).Fidelity).Why.Code);
    }

    [Fact]
    public void A_role_holds_a_title_and_an_identity_of_the_longest_names()
    {
        var plan = new Compiler(Some.Options).Compile(new(new('a', 63), Some.Binding, [new(Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")), "g1", null)], false));

        Assert.True(plan.Objects[0].Key.Split(' ')[1].Length <= 100);
        Assert.True(Roles.Creation("projects/p/roles/r", [.. Catalogue.Current.Actions]).Role?.Title?.Length <= 100);
        Assert.True(Objects.Marker.AccountDescription(new('a', 63)).Length <= 256);
    }

    [Fact]
    public void No_verb_of_the_catalogue_hands_out_access() =>
        Assert.DoesNotContain(Catalogue.Current.Types.SelectMany(type => type.Verbs.Values).SelectMany(permissions => permissions), Catalogue.Current.HandsOutAccess.Contains);

    [Fact]
    public void Every_permission_of_the_catalogue_is_one_of_Googles() =>
        Assert.DoesNotContain(Catalogue.Current.Actions, permission => !Sandbox.Gcp.Roles.PredefinedRoles.Permissions.Contains(permission));

    private static Domain.Refusal Refused(Entitlement entitlement) => Assert.IsType<Fidelity.Refused>(Plan(entitlement).Fidelity).Why;

    private static Entitlement Of(Verb[] verbs, params ResourceSelector[] resources) => new(GcpTarget.PlatformId, verbs, resources, Conditions.None);

    private static Translation Plan(params Entitlement[] entitlements) =>
        new Compiler(Some.Options).Compile(new("billing", Some.Binding, [.. entitlements.Select(entitlement => new DesiredEntitlement(entitlement, "g1", null))], ControllerEndAllowed: true));
}
