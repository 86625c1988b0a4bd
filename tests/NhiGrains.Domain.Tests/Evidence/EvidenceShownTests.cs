using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Grants;

namespace NhiGrains.Domain.Tests.Evidence;

/// <summary>What a grant rests on once it was renewed with something new.</summary>
public class EvidenceShownTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void What_is_shown_now_counts_beside_what_still_lasts()
    {
        var before = new[] { Shown("ended", Some.Noon), Shown("lasting", Some.Noon + Hour) };

        Assert.Equal(["new", "lasting"], DigestsOf(EvidenceShown.Renewed(before, [Shown("new", Some.Noon + Hour)], Some.Noon)));
        Assert.Equal(["lasting"], DigestsOf(EvidenceShown.Renewed(before, [], Some.Noon)));
        Assert.Empty(EvidenceShown.Renewed(before, [], Some.Noon + Hour));
    }

    [Fact]
    public void What_is_shown_again_counts_once_and_as_it_was_verified_now()
    {
        var again = Shown("same", Some.Noon + 2 * Hour);

        Assert.Same(again, Assert.Single(EvidenceShown.Renewed([Shown("same", Some.Noon + Hour)], [again], Some.Noon)));
    }

    [Fact]
    public void However_often_it_is_renewed_there_are_no_more_than_a_request_has_and_what_ends_first_makes_room()
    {
        VerifiedEvidence[] before = [.. Enumerable.Range(1, 5).Select(hours => Shown($"{hours}h", Some.Noon + hours * Hour))];

        Assert.Equal(["a", "b", "5h", "4h", "3h"], DigestsOf(EvidenceShown.Renewed(before, [Shown("a", Some.Noon + Hour), Shown("b", Some.Noon + Hour)], Some.Noon)));
    }

    [Fact]
    public void A_renewal_keeps_what_it_rests_on_and_one_that_moves_nothing_keeps_what_was_there()
    {
        var grant = Assert.IsType<ActiveGrant>(Some.Granted("g", 2 * Hour, Some.Noon, Some.Entitlement()));
        grant = grant with { Request = grant.Request with { Evidence = [Shown("first", Some.Noon + Hour)] } };

        var longer = grant.Renew(Some.Permit(3 * Hour, Some.Entitlement()), [Shown("second", Some.Noon + Hour)], "ada", Some.Noon);
        var unmoved = grant.Renew(Some.Permit(Hour, Some.Entitlement()), [Shown("second", Some.Noon + Hour)], "ada", Some.Noon);

        Assert.Equal(["second"], DigestsOf(longer.Request.Evidence));
        Assert.Same(grant, unmoved);
        // Each piece is told once, when it is new.
        Assert.Equal("Provenance builds runner second", AuditDetails.Of(grant, longer)["evidence"]);
        Assert.False(AuditDetails.Of(longer, longer with { ExpiresAt = Some.Noon }).ContainsKey("evidence"));
    }

    private static IEnumerable<string> DigestsOf(IEnumerable<VerifiedEvidence> evidence) => evidence.Select(one => one.Digest);

    private static VerifiedEvidence Shown(string digest, DateTimeOffset until) =>
        new(EvidenceKind.Provenance, "builds", "runner", new Dictionary<string, string>(StringComparer.Ordinal), until, digest);
}
