using NhiGrains.Domain.Evidence;

namespace NhiGrains.Domain.Tests.Evidence;

public class EvidenceOwnershipTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 10, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(EvidenceKind.OidcToken)]
    [InlineData(EvidenceKind.KubernetesToken)]
    [InlineData(EvidenceKind.SpiffeSvid)]
    public void A_token_belongs_to_who_used_it_first_for_all_its_life(EvidenceKind kind) =>
        Assert.Equal(Now.AddDays(3), EvidenceOwnership.Until(Shown(kind, Now.AddDays(3)), Now));

    [Fact]
    public void A_certificate_belongs_to_who_used_it_for_a_day_after_the_last_use_and_not_for_the_year_that_it_counts()
    {
        var year = Shown(EvidenceKind.ClientCertificate, Now.AddDays(365));

        Assert.Equal(new(2026, 6, 2, 13, 0, 0, TimeSpan.Zero), EvidenceOwnership.Until(year, Now));
        Assert.Equal(EvidenceOwnership.Until(year, Now), EvidenceOwnership.Until(year, Now.AddMinutes(50))); // Not written down with each use.
        Assert.Equal(Now.AddHours(1), EvidenceOwnership.Until(Shown(EvidenceKind.ClientCertificate, Now.AddHours(1)), Now));
    }

    [Fact]
    public void A_provenance_belongs_to_nobody_since_it_says_what_an_artifact_is() =>
        Assert.Null(EvidenceOwnership.Until(Shown(EvidenceKind.Provenance, Now.AddDays(90)), Now));

    private static VerifiedEvidence Shown(EvidenceKind kind, DateTimeOffset until) => new(kind, "trust", "subject", new Dictionary<string, string>(StringComparer.Ordinal), until, "d");
}
