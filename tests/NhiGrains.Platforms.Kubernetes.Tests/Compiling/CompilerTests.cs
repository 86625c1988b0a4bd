using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

public class CompilerTests
{
    private static readonly Capabilities Kubernetes = new(false, TimeSpan.FromSeconds(60), true, true, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(15));

    [Fact]
    public void One_role_and_one_binding_in_each_namespace_and_one_of_each_in_the_cluster()
    {
        var plan = Compile(On("configmaps", "shop", "settings", Verb.Read), On("pods", "shop", null, Verb.List), On("pods", "bank", null, Verb.Read), On("nodes", "", null, Verb.List));

        Assert.Equal(
            ["ClusterRole nhi-billing", "ClusterRoleBinding nhi-billing", "Role bank/nhi-billing", "Role shop/nhi-billing", "RoleBinding bank/nhi-billing", "RoleBinding shop/nhi-billing"],
            plan.Objects.Select(o => $"{o.Kind} {o.Key}"));
        Assert.Equal(
            """{"rules":[{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["settings"],"verbs":["get"]},{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}]}""",
            plan.Objects[3].Body);
        Assert.Equal("""{"role":"Role/nhi-billing","subjects":["ServiceAccount/shop/billing"]}""", plan.Objects[5].Body);
        Assert.IsType<Fidelity.Exact>(plan.Fidelity);
    }

    [Fact]
    public void A_custom_resource_is_named_with_its_group()
    {
        var plan = Compile(On("certificates.cert-manager.io", "shop", "web", Verb.Read, Verb.Delete) with { NativeActions = ["k8s:certificates.cert-manager.io:patch"] });

        Assert.Equal("""{"rules":[{"apiGroups":["cert-manager.io"],"resources":["certificates"],"resourceNames":["web"],"verbs":["delete","get","patch"]}]}""", plan.Objects[0].Body);
        Assert.IsType<Fidelity.Exact>(plan.Fidelity);
        var ending = Assert.IsType<Fidelity.ControllerEnforced>(Ending(On("certificates.cert-manager.io", "shop", null, Verb.Write)).Fidelity);
        Assert.Contains(ending.Obligations, one => one.StartsWith("Writing certificates.cert-manager.io makes its controller act", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("roles.rbac.authorization.k8s.io")]
    [InlineData("tokenreviews.authentication.k8s.io")]
    [InlineData("things.kubernetes.io")]
    [InlineData("deployments.apps")]
    [InlineData("certificates.")]
    [InlineData(".cert-manager.io")]
    [InlineData("Certificates.cert-manager.io")]
    [InlineData("certificates/status.cert-manager.io")]
    [InlineData("certificates.cert-manager..io")]
    public void What_is_kubernetes_own_or_no_name_is_no_custom_resource(string type) =>
        Assert.Equal("UNKNOWN_RESOURCE_TYPE", Assert.IsType<Fidelity.Refused>(Compile(On(type, "shop", null, Verb.Read)).Fidelity).Why.Code);

    [Fact]
    public void List_is_never_watch_because_an_open_watch_outlives_the_access() =>
        Assert.DoesNotContain("watch", Compile(On("configmaps", "shop", null, Verb.List)).Objects[0].Body, StringComparison.Ordinal);

    [Fact]
    public void Writing_one_name_cannot_create_anything_and_says_so()
    {
        var plan = Compile(On("configmaps", "shop", "settings", Verb.Write));

        Assert.DoesNotContain("create", plan.Objects[0].Body, StringComparison.Ordinal);
        Assert.Contains("create", Assert.Single(Assert.IsType<Fidelity.Narrower>(plan.Fidelity).Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Listing_one_name_says_which_selector_it_needs() =>
        Assert.Contains("metadata.name=settings",
            Assert.Single(Assert.IsType<Fidelity.Narrower>(Compile(On("configmaps", "shop", "settings", Verb.List)).Fidelity).Differences), StringComparison.Ordinal);

    [Fact]
    public void What_is_narrower_is_still_said_when_an_end_is_kept_by_the_controller()
    {
        var ending = new DesiredEntitlement(On("configmaps", "shop", "settings", Verb.Write), "g", DateTimeOffset.UnixEpoch);
        var plan = Compiler.Compile(new("billing", Billing, [ending], ControllerEndAllowed: true), "k8s:test", Kubernetes);

        var fidelity = Assert.IsType<Fidelity.ControllerEnforced>(plan.Fidelity);
        Assert.Equal(2, fidelity.Obligations.Count);
        Assert.Equal(TimeSpan.FromSeconds(60), fidelity.WorstCaseLag);
    }

    [Fact]
    public void A_watch_is_given_for_good_and_never_for_a_time()
    {
        var watch = On("configmaps", "shop", null, Verb.Read) with { NativeActions = ["k8s:configmaps:watch"] };

        Assert.Equal("WATCH_HAS_NO_END", Assert.IsType<Fidelity.Refused>(Ending(watch).Fidelity).Why.Code);
        Assert.IsType<Fidelity.Exact>(Compile(watch).Fidelity);
    }

    [Theory]
    [InlineData("pods", Verb.Write, true)]
    [InlineData("deployments", Verb.Write, true)]
    [InlineData("cronjobs", Verb.Write, true)]
    [InlineData("secrets", Verb.Write, true)]
    [InlineData("secrets", Verb.Read, true)]
    [InlineData("secrets", Verb.Delete, false)]
    [InlineData("pods", Verb.Read, false)]
    [InlineData("configmaps", Verb.Write, false)]
    public void What_hands_out_access_beyond_its_end_says_so(string type, Verb verb, bool outlasts)
    {
        var plan = Ending(On(type, "shop", null, verb));

        Assert.Equal(outlasts, Assert.IsType<Fidelity.ControllerEnforced>(plan.Fidelity).Obligations.Any(one => one.Contains($"{type} hands out access that outlasts", StringComparison.Ordinal)));
        Assert.IsType<Fidelity.Exact>(Compile(On(type, "shop", null, verb)).Fidelity);
    }

    [Fact]
    public void A_native_action_that_hands_out_access_beyond_its_end_says_so_too() => Assert.Contains(
        Assert.IsType<Fidelity.ControllerEnforced>(Ending(On("jobs", "shop", null) with { NativeActions = ["k8s:jobs:create"] }).Fidelity).Obligations,
        one => one.StartsWith("Writing jobs", StringComparison.Ordinal));

    [Fact]
    public void What_outlasts_its_end_is_in_the_catalogue() => Assert.All(
        Catalogue.Current.OutlastsItsEnd.SelectMany(one => one.Types), type => Assert.NotNull(Catalogue.Current.Find(type)));

    [Theory]
    [InlineData("k8s:configmaps:*", "HANDS_OUT_ACCESS")]
    [InlineData("k8s:configmaps:escalate", "HANDS_OUT_ACCESS")]
    [InlineData("k8s:configmaps:bind", "HANDS_OUT_ACCESS")]
    [InlineData("k8s:configmaps:impersonate", "HANDS_OUT_ACCESS")]
    [InlineData("k8s:configmaps:gett", "INVALID_NATIVE_ACTION")]
    [InlineData("get", "INVALID_NATIVE_ACTION")]
    [InlineData("k8s:configmap:get", "UNKNOWN_RESOURCE_TYPE")]
    [InlineData("k8s:pods:get", "ACTION_WITHOUT_RESOURCE")]
    public void A_native_action_is_one_that_is_known_and_hands_out_nothing(string action, string code) =>
        Assert.Equal(code, Refused(On("configmaps", "shop", null, Verb.Read) with { NativeActions = [action] }).Code);

    [Theory]
    [InlineData("configmaps", "shop", "settings", "k8s:configmaps:deletecollection", "CANNOT_NAME")]
    [InlineData("configmaps", "shop", "settings", "k8s:configmaps:create", "CANNOT_NAME")]
    [InlineData("secrets", "shop", null, "k8s:secrets:watch", "LIST_SHOWS_CONTENTS")]
    [InlineData("rolebindings", "shop", null, "k8s:rolebindings:create", "NOT_GIVEN")]
    [InlineData("pods/exec", "shop", null, "k8s:pods/exec:create", "NOT_GIVEN")]
    public void A_native_action_gets_past_no_other_rule(string type, string container, string? name, string action, string code) =>
        Assert.Equal(code, Refused(On(type, container, name) with { NativeActions = [action] }).Code);

    [Theory]
    [InlineData("configmap", "shop", null, Verb.Read, "UNKNOWN_RESOURCE_TYPE")]
    [InlineData("configmaps", "", null, Verb.Read, "NAMESPACE_REQUIRED")]
    [InlineData("nodes", "shop", null, Verb.Read, "CLUSTER_SCOPED")]
    [InlineData("configmaps", "Shop", null, Verb.Read, "MALFORMED_RESOURCE")]
    [InlineData("configmaps", "shop/../bank", null, Verb.Read, "MALFORMED_RESOURCE")]
    [InlineData("configmaps", "shop", "a/b", Verb.Read, "MALFORMED_RESOURCE")]
    [InlineData("configmaps", "shop", "*", Verb.Read, "MALFORMED_RESOURCE")]
    [InlineData("configmaps", "shop", "..", Verb.Read, "MALFORMED_RESOURCE")]
    [InlineData("configmaps", "shop", null, Verb.Invoke, "VERB_NOT_OFFERED")]
    [InlineData("serviceaccounts", "shop", null, Verb.UseCredential, "VERB_NOT_OFFERED")]
    [InlineData("serviceaccounts/token", "shop", null, Verb.UseCredential, "NOT_GIVEN")]
    [InlineData("pods/exec", "shop", null, Verb.Invoke, "NOT_GIVEN")]
    [InlineData("pods/log", "shop", null, Verb.Read, "NOT_GIVEN")]
    [InlineData("secrets", "shop", null, Verb.List, "LIST_SHOWS_CONTENTS")]
    [InlineData("rolebindings", "shop", null, Verb.Write, "NOT_GIVEN")]
    [InlineData("clusterroles", "", null, Verb.Write, "NOT_GIVEN")]
    public void What_cannot_be_said_or_must_not_be_given_is_refused(string type, string container, string? name, Verb verb, string code)
    {
        var refusal = Refused(On(type, container, name, verb));

        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Fact]
    public void An_unknown_type_is_answered_with_the_nearest() =>
        Assert.Contains("'configmaps'", Refused(On("confgimap", "shop", null, Verb.Read)).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Secrets_can_be_listed_by_whoever_may_read_them() =>
        Assert.IsType<Fidelity.Exact>(Compile(On("secrets", "shop", null, Verb.List, Verb.Read)).Fidelity);

    [Fact]
    public void A_prefix_is_refused() =>
        Assert.Equal("PREFIX_NOT_SUPPORTED", Refused(On("configmaps", "shop", null, Verb.Read) with { Resources = [new("configmaps", "shop", ResourceMatch.Prefix, "a-")] }).Code);

    [Fact]
    public void Every_type_of_the_catalogue_compiles_each_verb_that_it_offers_or_says_why_not()
    {
        foreach (var type in Catalogue.Current.Types)
        {
            foreach (var verb in Enum.GetValues<Verb>())
            {
                var plan = Compile(On(type.Type, type.ClusterScoped ? "" : "shop", null, type.ListShowsSecrets ? [verb, Verb.Read] : [verb]));
                var offered = type.Offers.Contains(VerbWords.Of(verb), StringComparer.Ordinal) && Catalogue.Current.NativeOf(verb, type)?.All(native => type.WhyRefused(native) is null) == true;
                Assert.Equal(offered, plan.Fidelity is not Fidelity.Refused);
                Assert.DoesNotContain('*', string.Concat(plan.Objects.Select(o => o.Body)));
            }
        }
    }

    [Theory]
    [InlineData("shop/billing", true)]
    [InlineData("shop/billing.eu", true)]
    [InlineData("shop", false)]
    [InlineData("shop/billing/x", false)]
    [InlineData("Shop/billing", false)]
    [InlineData("shop/../x", false)]
    [InlineData("shop/", false)]
    [InlineData("shop/billing\n", false)]
    public void A_principal_is_a_namespace_and_a_service_account(string principal, bool fine) =>
        Assert.Equal(fine, Objects.ServiceAccountName.TryParse(principal) is not null);

    private static Binding Billing { get; } = new("k8s:test", "shop/billing");

    private static Entitlement On(string type, string container, string? name, params Verb[] verbs) =>
        new("k8s:test", verbs, [new(type, container, name is null ? ResourceMatch.All : ResourceMatch.Exact, name)], Conditions.None);

    private static Translation Compile(params Entitlement[] entitlements) => Compiler.Compile(
        new("billing", Billing, [.. entitlements.Select(e => new DesiredEntitlement(e, "intent", null))], ControllerEndAllowed: false), "k8s:test", Kubernetes);

    private static Translation Ending(Entitlement entitlement) => Compiler.Compile(
        new("billing", Billing, [new(entitlement, "g", DateTimeOffset.UnixEpoch)], ControllerEndAllowed: true), "k8s:test", Kubernetes);

    private static Domain.Refusal Refused(Entitlement entitlement) => Assert.IsType<Fidelity.Refused>(Compile(entitlement).Fidelity).Why;
}
