using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Tests.Risk;

public class RiskRulesTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly RiskVerdict Suspending = new(RiskAction.Suspend, 1, "v");

    [Fact]
    public void A_signal_without_a_response_is_kept_until_its_end_and_changes_nothing_that_is_wanted()
    {
        var risky = Report(Some.Identity, Signal("1", RiskSeverity.Medium));

        Assert.Equal((IdentityStatus.Active, Some.Identity.Generation, RiskSeverity.Medium), (risky.Status, risky.Generation, RiskRules.Worst(risky)));
        Assert.Equal(Some.Noon + Hour, DueTimes.NextDue(risky, Some.Noon));
        Assert.Same(risky, risky.Expire(Some.Noon + Hour - TimeSpan.FromTicks(1)));
        var over = risky.Expire(Some.Noon + Hour);
        Assert.Empty(over.Risks);
        Assert.Null(DueTimes.NextDue(over, Some.Noon + Hour));
    }

    [Theory]
    [InlineData("1", "scanner", "secret-leaked", true)]
    [InlineData("2", "scanner", "secret-leaked", false)]
    [InlineData("1", "siem", "secret-leaked", false)]
    [InlineData("1", "scanner", "odd-use", false)]
    public void The_same_id_source_and_type_is_the_same_signal_whatever_else_is_said(string id, string source, string type, bool same)
    {
        var risky = Report(Some.Identity, Signal("1"));

        var again = Report(risky, Signal("1", RiskSeverity.Critical) with { Id = id, Source = source, Type = type, EndsAt = Some.Noon + 2 * Hour });

        Assert.Equal(same, ReferenceEquals(risky, again));
    }

    [Fact]
    public void A_response_suspends_and_ends_every_grant_in_the_same_change()
    {
        var waiting = new PendingApprovalGrant("g2", new("ada", "a test", [Some.Entitlement()], Hour, Some.Noon), Some.Permit(Hour, Some.Entitlement()), Some.Noon + Hour);
        var active = Some.Identity.SetIntent(new([Some.Entitlement("standing")], Some.Permit(TimeSpan.Zero)), Some.Noon).Value
            .Add(Some.Granted("g1", Hour, Some.Noon, Some.Entitlement())).Value.Add(waiting).Value;
        Assert.Equal(2, active.AccessAt(Some.Noon).Count());

        var suspended = Report(active, Signal("1", RiskSeverity.Critical), Suspending);

        Assert.Equal((IdentityStatus.Suspended, active.Generation + 1), (suspended.Status, suspended.Generation));
        Assert.Empty(suspended.AccessAt(Some.Noon));
        Assert.Equal(RevocationReason.RiskSignal, Assert.IsType<RevokingGrant>(suspended.Grants[0]).Reason);
        Assert.IsType<DeniedGrant>(suspended.Grants[1]);
        Assert.Equal(Suspending, Assert.Single(suspended.Risks).Suspension);
        Assert.Equal("WRONG_STATUS", suspended.Add(Some.Granted("g3", Hour, Some.Noon, Some.Entitlement())).Refusal?.Code);
    }

    [Fact]
    public void Who_was_suspended_by_a_person_loses_the_grants_too()
    {
        var suspended = Some.Identity.Add(Some.Granted("g1", Hour, Some.Noon, Some.Entitlement())).Value.Suspend().Value;
        Assert.IsType<ActiveGrant>(Assert.Single(suspended.Grants));

        var risky = Report(suspended, Signal("1"), Suspending);

        Assert.IsType<RevokingGrant>(Assert.Single(risky.Grants));
        Assert.Equal("RISK_ALIVE", risky.Resume(Some.Noon).Refusal?.Code);
    }

    [Fact]
    public void Nobody_resumes_while_a_signal_that_suspends_is_alive_and_its_end_or_clearing_resumes_nobody()
    {
        var suspended = Report(Report(Some.Identity, Signal("1"), Suspending), Signal("2") with { EndsAt = Some.Noon + 2 * Hour }, Suspending);

        var cleared = RiskRules.Clear(suspended, Signal("2").Key, Some.Noon).Value;
        Assert.Equal((IdentityStatus.Suspended, "RISK_ALIVE"), (cleared.Status, cleared.Resume(Some.Noon).Refusal?.Code));
        Assert.Same(cleared, RiskRules.Clear(cleared, Signal("2").Key, Some.Noon + Hour).Value);
        var later = cleared.Expire(Some.Noon + Hour);
        Assert.Equal((IdentityStatus.Suspended, IdentityStatus.Active), (later.Status, later.Resume(Some.Noon).Value.Status));
        Assert.Equal("UNKNOWN_RISK", RiskRules.Clear(later, Signal("1").Key, Some.Noon + Hour).Refusal?.Code);
    }

    [Fact]
    public void A_signal_that_was_cleared_does_not_come_back_when_its_source_tells_it_again()
    {
        var cleared = RiskRules.Clear(Report(Some.Identity, Signal("1"), Suspending), Signal("1").Key, Some.Noon).Value.Resume(Some.Noon).Value;

        Assert.Same(cleared, Report(cleared, Signal("1", RiskSeverity.Critical), Suspending));
        Assert.Null(RiskRules.Worst(cleared));
    }

    [Fact]
    public void A_source_that_tells_much_of_little_keeps_out_nothing_that_is_severe()
    {
        var full = Some.Identity;
        for (var number = 0; number < RiskRules.MaxSignals; number++)
            full = Report(full, Signal($"{number}", RiskSeverity.Medium) with { EndsAt = Some.Noon + Hour + TimeSpan.FromMinutes(number) });

        Assert.Equal("TOO_MANY_RISKS", RiskRules.Report(full, Signal("next", RiskSeverity.Medium), null, Some.Noon).Refusal?.Code);
        var severe = Report(full, Signal("next", RiskSeverity.High));
        Assert.Equal((RiskRules.MaxSignals, false, true), (severe.Risks.Count, severe.Risks.Any(risk => risk.Id == "0"), severe.Risks.Any(risk => risk.Id == "next")));
        // What suspends goes before what is only severe, and what was cleared makes room for anything.
        Assert.Equal(IdentityStatus.Suspended, Report(full, Signal("low", RiskSeverity.Low), Suspending).Status);
        var cleared = RiskRules.Clear(full, Signal("7").Key, Some.Noon).Value;
        Assert.DoesNotContain(Report(cleared, Signal("low", RiskSeverity.Low)).Risks, risk => risk.Id == "7");
    }

    [Fact]
    public void A_signal_that_was_cleared_and_made_room_for_others_does_not_come_back_before_its_end()
    {
        var full = Some.Identity;
        for (var number = 0; number < RiskRules.MaxSignals; number++)
            full = Report(full, Signal($"{number}", RiskSeverity.High));
        var others = Report(RiskRules.Clear(full, Signal("7").Key, Some.Noon).Value, Signal("next", RiskSeverity.Low));
        Assert.DoesNotContain(others.Risks, risk => risk.Id == "7");

        Assert.Same(others, Report(others, Signal("7", RiskSeverity.Critical) with { EndsAt = Some.Noon + 5 * Hour }, Suspending));
        var later = RiskRules.Report(others.Expire(Some.Noon + Hour), Signal("7") with { EndsAt = Some.Noon + 5 * Hour }, Suspending, Some.Noon + Hour).Value;
        Assert.Equal(IdentityStatus.Suspended, later.Status);
    }

    [Fact]
    public void What_is_remembered_of_signals_that_were_cleared_is_bounded()
    {
        var identity = Some.Identity;
        for (var number = 0; number < RiskRules.MaxSignals + RiskRules.MaxSettled + 1; number++)
            identity = RiskRules.Clear(Report(identity, Signal($"{number}") with { EndsAt = Some.Noon + Hour + TimeSpan.FromSeconds(number) }), Signal($"{number}").Key, Some.Noon).Value;

        Assert.Equal((RiskRules.MaxSignals, RiskRules.MaxSettled), (identity.Risks.Count, identity.SettledRisks?.Count));
        Assert.DoesNotContain(identity.SettledRisks ?? [], settled => settled.Key == Signal("0").Key);
    }

    [Fact]
    public void Who_is_leaving_is_not_suspended_and_who_has_left_has_no_risk()
    {
        var leaving = Some.Identity.Offboard(Some.Noon).Value;

        var risky = Report(leaving, Signal("1"), Suspending);

        Assert.Equal((IdentityStatus.Offboarding, null), (risky.Status, Assert.Single(risky.Risks).Suspension));
        Assert.Equal("WRONG_STATUS", RiskRules.Report(leaving.Retire().Value, Signal("1"), Suspending, Some.Noon).Refusal?.Code);
    }

    public static TheoryData<RiskSignal, string> Wrong() => new()
    {
        { Signal(""), "INVALID_RISK" },
        { Signal(new('x', RiskRules.MaxId + 1)), "INVALID_RISK" },
        { Signal("1") with { Source = "" }, "INVALID_RISK" },
        { Signal("1") with { Source = new('x', RiskRules.MaxSource + 1) }, "INVALID_RISK" },
        { Signal("1") with { Type = "Secret leaked" }, "INVALID_RISK_TYPE" },
        { Signal("1") with { Type = new('x', RiskRules.MaxType + 1) }, "INVALID_RISK_TYPE" },
        { Signal("1") with { Note = new('x', RiskRules.MaxNote + 1) }, "NOTE_TOO_LONG" },
        { Signal("1") with { At = Some.Noon + TimeSpan.FromMinutes(6) }, "RISK_FROM_THE_FUTURE" },
        { Signal("1") with { EndsAt = Some.Noon }, "RISK_OVER" },
        { Signal("1") with { EndsAt = Some.Noon + RiskRules.LongestLife + TimeSpan.FromSeconds(1) }, "RISK_TOO_LONG" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_no_signal_is_refused(RiskSignal signal, string code) =>
        Assert.Equal(code, RiskRules.Report(Some.Identity, signal, Suspending, Some.Noon).Refusal?.Code);

    [Theory]
    [InlineData(RiskSeverity.High, null)]
    [InlineData(RiskSeverity.Critical, 2)]
    public void The_first_response_that_matches_in_every_member_answers(RiskSeverity severity, int? response)
    {
        var set = new PolicySet("main", [])
        {
            RiskResponses = [new(RiskSeverity.Low, ["odd-use"]), new(RiskSeverity.Critical, ["secret-leaked"]), new(RiskSeverity.Critical)],
        };

        var verdict = RiskResponses.For(set, Some.Identity, Signal("1", severity));

        Assert.Equal(response, verdict?.Response);
        Assert.Equal(response is null ? null : set.Version, verdict?.PolicyVersion);
    }

    [Fact]
    public void A_response_may_be_for_kinds_and_environments()
    {
        RiskVerdict? For(RiskResponse response) => RiskResponses.For(new PolicySet("main", []) { RiskResponses = [response] }, Some.Identity, Signal("1"));

        Assert.NotNull(For(new(RiskSeverity.Low, null, [IdentityKind.ServiceAccount], ["staging"])));
        Assert.Null(For(new(RiskSeverity.Low, null, [IdentityKind.Bot])));
        Assert.Null(For(new(RiskSeverity.Low, null, null, ["production"])));
        Assert.Null(For(new(RiskSeverity.Low, [])));
    }

    [Fact]
    public void A_set_is_another_version_with_another_response()
    {
        var without = new PolicySet("main", [new("r", PolicyEffect.Deny, new())]);

        Assert.Equal(without.Version, (without with { RiskResponses = [] }).Version);
        Assert.NotEqual(without.Version, (without with { RiskResponses = [new(RiskSeverity.High)] }).Version);
    }

    private static Identity Report(Identity identity, RiskSignal signal, RiskVerdict? verdict = null) => RiskRules.Report(identity, signal, verdict, Some.Noon).Value;

    private static RiskSignal Signal(string id, RiskSeverity severity = RiskSeverity.High) => new(id, "scanner", "secret-leaked", severity, Some.Noon, Some.Noon + Hour);
}
