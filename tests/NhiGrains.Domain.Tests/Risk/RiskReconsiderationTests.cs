using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Tests.Risk;

/// <summary>What of all that policy takes now is taken because of signals.</summary>
public class RiskReconsiderationTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly Identity Billing = Some.Identity.SetIntent(new([Some.Entitlement("a"), Some.Entitlement("b"), Some.Entitlement("c")], Some.Permit(TimeSpan.Zero))).Value
        .Add(Some.Granted("g1", Hour, Some.Noon, Some.Entitlement("a"))).Value.Add(Some.Granted("g2", Hour, Some.Noon, Some.Entitlement("b"))).Value;

    [Fact]
    public void What_would_be_taken_without_the_signals_as_well_is_left()
    {
        var taken = Reconsidered(Ended(Intends(Billing, "a"), "g1"));

        Assert.Same(Billing, RiskReconsideration.Of(Billing, taken, taken).InLine);
        Assert.Empty(RiskReconsideration.Of(Billing, taken, taken).Findings);
    }

    [Fact]
    public void Of_what_is_taken_only_what_is_permitted_without_the_signals_goes_with_its_findings()
    {
        var of = RiskReconsideration.Of(Billing, Reconsidered(Ended(Billing, "g1")), Reconsidered(Ended(Billing, "g1", "g2")));

        Assert.IsType<ActiveGrant>(of.InLine.Grants[0]);
        Assert.Equal(RevocationReason.RiskSignal, Assert.IsType<RevokingGrant>(of.InLine.Grants[1]).Reason);
        Assert.Equal((Billing.Intent, Billing.Generation + 1), (of.InLine.Intent, of.InLine.Generation));
        Assert.Equal(["g2"], of.Findings.Select(found => found.Source));
    }

    [Fact]
    public void An_end_that_comes_earlier_only_by_the_signals_is_theirs()
    {
        var (sooner, soonest) = (Reconsidered(Shortened(Billing, 30)), Reconsidered(Shortened(Billing, 10)));

        Assert.Equal(Some.Noon.AddMinutes(10), Assert.IsType<ActiveGrant>(RiskReconsideration.Of(Billing, sooner, soonest).InLine.Grants[0]).ExpiresAt);
        Assert.Same(Billing, RiskReconsideration.Of(Billing, soonest, sooner).InLine);
    }

    [Fact]
    public void Of_an_intent_a_part_goes_by_the_signals_and_they_give_nothing_back()
    {
        var (most, less) = (Reconsidered(Intends(Billing, "a", "b")), Reconsidered(Intends(Billing, "a")));

        Assert.Same(less.InLine.Intent, RiskReconsideration.Of(Billing, most, less).InLine.Intent);
        Assert.Same(Billing, RiskReconsideration.Of(Billing, less, most).InLine);
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
