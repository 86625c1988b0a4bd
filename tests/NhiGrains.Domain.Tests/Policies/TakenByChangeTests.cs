using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What of all that policy takes now is taken because of one change, here of signals.</summary>
public class TakenByChangeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Identity Billing = Some.Identity.SetIntent(new([Some.Entitlement("a"), Some.Entitlement("b"), Some.Entitlement("c")], Some.Permit(TimeSpan.Zero)), Some.Noon).Value
        .Add(Some.Granted("g1", Hour, Some.Noon, Some.Entitlement("a"))).Value.Add(Some.Granted("g2", Hour, Some.Noon, Some.Entitlement("b"))).Value;

    [Fact]
    public void What_would_be_taken_without_the_signals_as_well_is_left()
    {
        var taken = Reconsidered(Ended(Intends(Billing, "a"), "g1"));

        Assert.Same(Billing, TakenByChange.Of(Billing, taken, taken, RevocationReason.RiskSignal).InLine);
        Assert.Empty(TakenByChange.Of(Billing, taken, taken, RevocationReason.RiskSignal).Findings);
    }

    [Fact]
    public void Of_what_is_taken_only_what_is_permitted_without_the_signals_goes_with_its_findings()
    {
        var of = TakenByChange.Of(Billing, Reconsidered(Ended(Billing, "g1")), Reconsidered(Ended(Billing, "g1", "g2")), RevocationReason.RiskSignal);

        Assert.IsType<ActiveGrant>(of.InLine.Grants[0]);
        Assert.Equal(RevocationReason.RiskSignal, Assert.IsType<RevokingGrant>(of.InLine.Grants[1]).Reason);
        Assert.Equal((Billing.Intent, Billing.Generation + 1), (of.InLine.Intent, of.InLine.Generation));
        Assert.Equal(["g2"], of.Findings.Select(found => found.Source));
    }

    [Fact]
    public void An_end_that_comes_earlier_only_by_the_signals_is_theirs()
    {
        var (sooner, soonest) = (Reconsidered(Shortened(Billing, 30)), Reconsidered(Shortened(Billing, 10)));

        Assert.Equal(Some.Noon.AddMinutes(10), Assert.IsType<ActiveGrant>(TakenByChange.Of(Billing, sooner, soonest, RevocationReason.RiskSignal).InLine.Grants[0]).ExpiresAt);
        Assert.Same(Billing, TakenByChange.Of(Billing, soonest, sooner, RevocationReason.RiskSignal).InLine);
    }

    [Fact]
    public void Of_an_intent_a_part_goes_by_the_signals_and_they_give_nothing_back()
    {
        var (most, less) = (Reconsidered(Intends(Billing, "a", "b")), Reconsidered(Intends(Billing, "a")));

        Assert.Same(less.InLine.Intent, TakenByChange.Of(Billing, most, less, RevocationReason.RiskSignal).InLine.Intent);
        Assert.Same(Billing, TakenByChange.Of(Billing, less, most, RevocationReason.RiskSignal).InLine);
    }

    private static Identity Intends(Identity identity, params string[] names) =>
        identity with { Intent = identity.Intent with { Entitlements = [.. names.Select(name => Some.Entitlement(name))] } };

    private static Identity Ended(Identity identity, params string[] ids) => identity with
    {
        Grants = [.. identity.Grants.Select(grant => grant is ActiveGrant active && ids.Contains(grant.Id) ? active.BeginRevocation(RevocationReason.PolicyChanged, Some.Noon) : grant)],
    };

    private static Identity Shortened(Identity identity, int minutes) => identity with
    {
        Grants = [.. identity.Grants.Select((grant, at) => grant is ActiveGrant active && at == 0 ? active with { ExpiresAt = Some.Noon.AddMinutes(minutes) } : grant)],
    };

    private static Reconsidered Reconsidered(Identity inLine) => new(inLine,
    [
        .. ((string[])[Identity.IntentSource, "g1", "g2"]).Select(source => new PolicyFinding(inLine.Id, inLine.Profile.Owner, source, PolicyFindingKind.Lost, [], ["no"])),
    ]);
}
