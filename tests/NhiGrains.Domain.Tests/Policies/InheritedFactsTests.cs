using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What an entry of the catalogue leaves out is said by its application, and then by the entries around it.</summary>
public class InheritedFactsTests
{
    private const string Cluster = "k8s:prod";

    private static readonly PolicySet Set = new("test", [])
    {
        Applications = [new("orders", null, "production", Sensitivity.Confidential), new("shared", null, null, null), new("vault", null, null, Sensitivity.Restricted)],
        Resources =
        [
            new(null, "orders/", "orders"),
            new(Cluster, "orders/secrets/", Sensitivity: Sensitivity.Restricted),
            new(Cluster, "orders/secrets/open-", Sensitivity: Sensitivity.Public, Environment: "staging"),
            new(null, "orders/configmaps/shared-", "shared"),
            new(null, "orders/configmaps/vault-", "vault"),
            new(null, "web/", Environment: "staging", Sensitivity: Sensitivity.Internal),
            new(Cluster, "web/", "shared"),
        ],
    };

    [Theory]
    [InlineData(Cluster, "orders/secrets/key", Sensitivity.Restricted, "orders", "production")] // The sample of docs/policies.md.
    [InlineData("k8s:staging", "orders/secrets/key", Sensitivity.Confidential, "orders", "production")]
    [InlineData(Cluster, "orders/secrets/open-key", Sensitivity.Public, "orders", "staging")]
    [InlineData(Cluster, "orders/configmaps/shared-a", Sensitivity.Confidential, "shared", "production")]
    [InlineData(Cluster, "orders/configmaps/vault-a", Sensitivity.Restricted, "vault", "production")]
    [InlineData(Cluster, "web/configmaps/a", Sensitivity.Internal, "shared", "staging")]
    [InlineData("k8s:staging", "web/configmaps/a", Sensitivity.Internal, null, "staging")]
    [InlineData(Cluster, "ops/configmaps/a", Sensitivity.Restricted, null, null)]
    public void An_entry_that_leaves_something_out_does_not_hide_it(string platform, string path, Sensitivity sensitivity, string? application, string? environment)
    {
        var words = path.Split('/');

        var said = new Catalogue(Set, PolicyReading.Second).On(platform).Of(new(words[1], words[0], ResourceMatch.Exact, words[2]));

        Assert.Equal((sensitivity, application, environment), (said[^1].Sensitivity, said[^1].Application, said[^1].Environment));
    }

    [Fact]
    public void A_deny_of_an_application_strikes_its_secrets_and_a_permit_of_it_covers_them()
    {
        var secrets = Asking.For(new ResourceSelector("secrets", "orders", ResourceMatch.All, null));
        var input = secrets with { Entitlements = [secrets.Entitlements[0] with { Platform = Cluster }] };

        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(Set with { Rules = [Asking.Permit(), Asking.Deny(new() { Condition = "resources.exists(r, r.application == 'orders')" })] }, input).Outcome);
        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(Set with { Rules = [Asking.Permit(new() { Applications = ["orders"] })] }, input).Outcome);
    }
}
