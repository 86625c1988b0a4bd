using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.Emergencies;

/// <summary>Who holds a credential of any grant can use emergency access as well.</summary>
public class HoldersTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly PeopleDirectory People = PeopleDirectory.Empty with
    {
        Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["sam", "mia", "dan"] },
    };

    [Fact]
    public void Who_is_handed_one_of_an_ordinary_grant_can_have_used_each_emergency_that_can_work()
    {
        var identity = Emergency("b2", Emergency("b1", Ordinary("g1")));
        var closed = Close(identity, "b1", "sam").Value;

        var used = Use(closed, "g1", "mia").Value;

        Assert.Equal("USER_CANNOT_REVIEW", Close(used, "b2", "mia").Refusal?.Code);
        Assert.Contains("mia", used.Reviews.Single(review => review.GrantId == "b1").Excluded);
        Assert.Equal("REVIEWER_CANNOT_USE", Use(closed, "g1", "sam").Refusal?.Code);
        Assert.Equal("REVIEWER_CANNOT_USE", BreakGlassRules.Use(closed, "g1", "identity:billing", "sam", Some.Noon).Refusal?.Code);
        Assert.Same(used, Use(used, "g1", "mia").Value);
    }

    [Fact]
    public void An_identity_that_draws_its_own_is_nobody_and_its_tokens_subject_is()
    {
        var identity = Emergency("b1", Ordinary("g1"));

        Assert.Same(identity, BreakGlassRules.Use(identity, "g1", "identity:billing", subject: null, Some.Noon).Value);
        Assert.Contains("identity:billing", BreakGlassRules.Use(identity, "b1", "identity:billing", subject: null, Some.Noon).Value.Reviews[0].Excluded);
        Assert.Equal(["ada", "mia"], BreakGlassRules.Use(identity, "g1", "identity:billing", "mia", Some.Noon).Value.Reviews[0].Excluded);
    }

    [Theory]
    [InlineData(0, null, false)] // Gone at once.
    [InlineData(0, 60, true)] // It lingers for an hour.
    [InlineData(61, 60, false)]
    public void An_emergency_that_is_gone_is_used_by_nobody(int minutesLater, int? lingers, bool counts)
    {
        var at = Some.Noon.AddMinutes(minutesLater);
        var closed = Close(Emergency("b1", Ordinary("g1")), "b1", "sam").Value;
        var gone = Gone(closed, "b1", lingers is { } minutes ? Some.Noon.AddMinutes(minutes) : null);

        Assert.Equal(counts ? "REVIEWER_CANNOT_USE" : null, BreakGlassRules.Use(gone, "g1", "sam", subject: null, at).Refusal?.Code);
    }

    [Fact]
    public void It_can_work_until_it_was_read_back_as_gone()
    {
        var closed = Close(Emergency("b1", Ordinary("g1")), "b1", "sam").Value;
        var revoking = closed.Revoke("b1", RevocationReason.RevokedByRequest, Some.Noon).Value;

        Assert.Equal("REVIEWER_CANNOT_USE", BreakGlassRules.Use(revoking, "g1", "sam", subject: null, Some.Noon.AddDays(1)).Refusal?.Code);
    }

    [Fact]
    public void Who_holds_one_when_an_emergency_begins_cannot_review_it()
    {
        var held = Use(Ordinary("g1"), "g1", "mia").Value;

        var identity = Emergency("b1", held);

        Assert.Equal(["ada", "mia"], identity.Reviews[0].Excluded);
        Assert.Equal("mia", BreakGlassDetails.Of(null, identity.Reviews[0])["cannotReview"]);
        Assert.Equal("USER_CANNOT_REVIEW", Close(identity, "b1", "mia").Refusal?.Code);
        Assert.True(Close(identity, "b1", "sam").IsOk);
    }

    [Theory]
    [InlineData(null, 0, false)]
    [InlineData(60, 59, true)]
    [InlineData(60, 60, false)]
    public void What_was_handed_out_is_over_with_its_grant_and_what_lingers_of_it(int? lingers, int minutesLater, bool counts)
    {
        var gone = Gone(Use(Ordinary("g1"), "g1", "mia").Value, "g1", lingers is { } minutes ? Some.Noon.AddMinutes(minutes) : null);
        var at = Some.Noon.AddMinutes(minutesLater);

        Assert.Equal(counts, Emergency("b1", gone, at).Reviews[0].Excluded.Contains("mia"));
        // Also when the grant is not shown any more.
        var forgotten = Enumerable.Range(0, Identity.MaxEndedGrants).Aggregate(gone, (identity, index) => Gone(Ordinary($"o{index}", identity), $"o{index}", null));
        Assert.DoesNotContain(forgotten.Grants, grant => grant.Id == "g1");
        Assert.Equal(counts, Emergency("b1", forgotten, at).Reviews[0].Excluded.Contains("mia"));
        Assert.Equal(lingers is not null, forgotten.Holders is not null);
    }

    [Fact]
    public void Only_so_many_are_out_at_once_and_an_emergency_is_not_locked_out_by_them()
    {
        var identity = Emergency("b1", Ordinary("g2", Ordinary("g1")));
        identity = identity with { Holders = [.. Enumerable.Range(0, BreakGlassRules.MaxHolders).Select(index => new CredentialHolder($"p{index}", "g1"))] };

        Assert.Equal("TOO_MANY_HOLDERS", Use(identity, "g2", "mia").Refusal?.Code);
        Assert.True(Use(identity, "g1", "p0").IsOk);
        Assert.True(Use(identity, "b1", "mia").IsOk);
        Assert.Equal([new("mia", "g2")], Use(Gone(identity, "g1", null), "g2", "mia").Value.Holders ?? []); // Those that are over make room.
    }

    [Fact]
    public void Who_has_closed_a_review_is_known_for_as_long_as_its_access_can_work()
    {
        var closed = Close(Emergency("b1", Ordinary("g1")), "b1", "sam").Value;
        for (var index = 0; index <= BreakGlassRules.MaxClosed; index++)
            closed = Gone(Close(Emergency($"e{index}", closed), $"e{index}", "dan").Value, $"e{index}", null).WithoutHistory();

        Assert.Equal("REVIEWER_CANNOT_USE", Use(closed, "g1", "sam").Refusal?.Code);
    }

    private static Result<Identity> Use(Identity identity, string grant, string person) => BreakGlassRules.Use(identity, grant, person, subject: null, Some.Noon);

    private static Identity Ordinary(string id, Identity? identity = null) => (identity ?? Some.Identity).Add(Some.Granted(id, Hour, Some.Noon, Some.Entitlement())).Value;

    private static Identity Emergency(string id, Identity identity, DateTimeOffset? at = null) => identity.Add(Grant.From(
        id,
        new("ada", "the till is down", [Some.Entitlement()], Hour, at ?? Some.Noon) { BreakGlass = true },
        Some.Permit(Hour, Some.Entitlement()) with { Review = new(["security"], TimeSpan.FromDays(1)) })).Value;

    private static Identity Gone(Identity identity, string grant, DateTimeOffset? residualUntil) =>
        identity.Revoke(grant, RevocationReason.RevokedByRequest, Some.Noon).Value.ConfirmGone(Some.Platform, [grant], Some.Noon, residualUntil).WithoutHistory();

    private static Result<Identity> Close(Identity identity, string grant, string person) =>
        BreakGlassRules.Close(identity, grant, new Voter(person), "one record was read", justified: true, new(People, "payments", Some.Noon));
}
