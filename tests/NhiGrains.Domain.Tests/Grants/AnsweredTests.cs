using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Grants;

/// <summary>What is answered late, renewed or rests on an exception is what it is said to be.</summary>
public class AnsweredTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void An_answer_that_comes_after_many_other_grants_is_not_forgotten_with_it()
    {
        var asked = Some.Permit(Hour, Some.Entitlement()) with { Outcome = DecisionOutcome.RequireApproval, Approval = new([new(["security"], 1)], Hour) };
        var waits = new PendingApprovalGrant("waits", new("ada", "why", [Some.Entitlement()], Hour, Some.Noon), asked, Some.Noon + Hour);
        Grant[] ended = [.. Enumerable.Range(0, Identity.MaxEndedGrants + 5).Select(index => new DeniedGrant($"old-{index}", waits.Request, asked))];
        var identity = Some.Identity with { Grants = [waits, .. ended] };

        var answered = identity.Answer(waits.Deny(new Rejection("ben", null, "no", Some.Noon)), Some.Noon).WithoutHistory();

        Assert.Equal(Identity.MaxEndedGrants, answered.Grants.Count);
        Assert.IsType<DeniedGrant>(answered.Grants.Single(grant => grant.Id == "waits"));
    }

    [Fact]
    public void A_renewal_that_moves_nothing_keeps_the_decision_that_the_end_rests_on()
    {
        var grant = Assert.IsType<ActiveGrant>(Some.Granted("g", 8 * Hour, Some.Noon, Some.Entitlement()));
        var shorter = Some.Permit(Hour, Some.Entitlement()) with { Exceptions = ["one"] };

        Assert.Same(grant, grant.Renew(shorter, [], "ada", Some.Noon));
        Assert.Equal(["one"], grant.Renew(shorter with { Lifetime = 9 * Hour }, [], "ada", Some.Noon).Decision.Exceptions);
    }

    [Fact]
    public void What_is_had_by_an_exception_from_now_on_is_kept_with_that_decision()
    {
        var identity = Some.Identity with { Grants = [Some.Granted("g", Hour, Some.Noon, Some.Entitlement())] };

        var by = Reconsideration.Of(identity, (_, asked, lifetime, _, _) => Some.Permit(lifetime ?? default, [.. asked]) with { Exceptions = ["one"] }, Some.Noon);

        Assert.Equal(["one"], Assert.IsType<ActiveGrant>(Assert.Single(by.InLine.Grants)).Decision.Exceptions);
    }
}
