using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Audit;

/// <summary>What docs/evidence.md says that the audit tells of evidence.</summary>
public class EvidenceDetailsTests
{
    private static readonly VerifiedEvidence Token = new(
        EvidenceKind.OidcToken, "ci", "repo:acme/shop", new Dictionary<string, string> { ["repository"] = "acme/shop", ["actor"] = "mallory" }, Some.Noon.AddHours(1), "4d967a");

    [Fact]
    public void A_piece_is_told_once_without_its_claims_and_all_of_it_with_each_decision_that_it_counts_in()
    {
        var input = new DecisionInput("billing", default, "staging", Some.Profile.Tags, [Some.Entitlement()], TimeSpan.FromHours(1)) { At = Some.Noon, Evidence = [Token] };
        var record = new DecisionRecord(input, PolicyEngine.Decide(new PolicySet("test", [new("all", PolicyEffect.Permit, new())]), input));
        var granted = Grant.From("g", new("ada", "a test", input.Entitlements, TimeSpan.FromHours(1), Some.Noon) { Evidence = [Token] }, record.Decision);

        var (requested, renewed, ended) = (AuditDetails.Of(null, granted, record), AuditDetails.Of(granted, granted, record), AuditDetails.Of(granted, granted));

        Assert.Equal("OidcToken ci repo:acme/shop 4d967a", requested["evidence"]);
        Assert.All([renewed, ended], details => Assert.DoesNotContain("evidence", details.Keys));
        foreach (var details in new[] { requested, renewed })
        {
            var kept = Assert.Single(DecisionRecord.Read(details[AuditDetails.Record])?.Input.Evidence ?? []);
            Assert.Equal(Canonical.Text(Token), Canonical.Text(kept));
            Assert.All(details.Where(detail => detail.Key != AuditDetails.Record), detail => Assert.DoesNotContain("mallory", detail.Value, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(AuditDetails.Record, ended.Keys);
    }
}
