using CsCheck;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.People;

public class OwnerRulesTests
{
    private static readonly TimeSpan Handover = TimeSpan.FromHours(3);

    private enum Step
    {
        Depart,
        DepartOther,
        Return,
        Transfer,
        TransferBack,
        Suspend,
        Resume,
        Expire,
    }

    [Fact]
    public void What_a_departed_person_owns_works_until_the_deadline_and_is_suspended_then()
    {
        var orphan = Standing.OwnerDeparted(Left("ada", Some.Noon));

        Assert.Equal(new Orphaned("ada", Some.Noon, Some.Noon + Handover), orphan.Orphaned);
        Assert.Equal(Standing.Generation, orphan.Generation);
        Assert.Equal(Some.Noon + Handover, DueTimes.NextDue(orphan, Some.Noon));
        Assert.Same(orphan, orphan.Expire((Some.Noon + Handover).AddTicks(-1)));
        var suspended = orphan.Expire(Some.Noon + Handover);
        Assert.Equal((IdentityStatus.Suspended, orphan.Generation + 1, orphan.Orphaned), (suspended.Status, suspended.Generation, suspended.Orphaned));
        Assert.Null(DueTimes.NextDue(suspended, Some.Noon + Handover));
        Assert.Equal("OWNERLESS", suspended.Resume(Some.Noon).Refusal?.Code);
        Assert.Equal(IdentityStatus.Active, suspended.TransferOwnership(new("bob", "payments")).Value.Resume(Some.Noon).Value.Status);
    }

    [Fact]
    public void Whose_owner_is_somebody_else_or_who_is_retired_has_nothing_to_be_told()
    {
        Assert.Same(Standing, Standing.OwnerDeparted(Left("bob", Some.Noon)));
        var retired = Standing.Offboard(Some.Noon).Value.Retire().Value;
        Assert.Same(retired, retired.OwnerDeparted(Left("ada", Some.Noon)));
        var orphan = Standing.OwnerDeparted(Left("ada", Some.Noon));
        Assert.Same(orphan, orphan.OwnerDeparted(Left("ada", Some.Noon)));
        Assert.Same(orphan, orphan.OwnerReturned("bob"));
        Assert.Null(orphan.Offboard(Some.Noon).Value.Retire().Value.Orphaned); // The list of orphans is for those that somebody has to take over.
    }

    [Theory]
    [InlineData("identity:billing", "payments", "NOT_A_PERSON")]
    [InlineData("system", "payments", "NOT_A_PERSON")]
    [InlineData("system:demo", "payments", "NOT_A_PERSON")]
    [InlineData("ada\u0000", "payments", "INVALID_PERSON")]
    [InlineData("ada", "pay\nments", "INVALID_GROUP")]
    public void Only_a_person_and_a_group_are_accountable(string person, string team, string code)
    {
        Assert.Equal((code, "owner"), Told(Identity.Register("billing", Some.Profile with { Owner = new(person, team) })));
        Assert.Equal((code, "owner"), Told(Standing.TransferOwnership(new(person, team))));
    }

    private static (string?, string?) Told(Result<Identity> result) => (result.Refusal?.Code, result.Refusal?.Field);

    /// <summary>Whether or not a timer has fired, nobody has access without an owner after the deadline.</summary>
    [Fact]
    public void There_is_access_exactly_while_somebody_is_accountable() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 2]).Array[1, 24].Sample(history =>
        {
            var (identity, now) = (Standing, Some.Noon);
            var (owner, suspended) = ("ada", false);
            DateTimeOffset? deadline = null;
            foreach (var (step, hours) in history)
            {
                suspended |= deadline <= now; // Before anything else happens.
                identity = Next(identity.Expire(now), step, now);
                if (step == Step.Depart && owner == "ada" && deadline is null)
                    deadline = now + Handover;
                else if (step == Step.Return && owner == "ada")
                    deadline = null;
                else if (step is Step.Transfer or Step.TransferBack)
                    (owner, deadline) = (step == Step.Transfer ? "bob" : "ada", null);
                else if (step is Step.Suspend)
                    suspended = true;
                else if (step is Step.Resume && deadline is null)
                    suspended = false;
                now = now.AddHours(hours);
                var works = !suspended && !(deadline <= now);
                if (identity.AccessAt(now).Any() != works || identity.Expire(now).AccessAt(now).Any() != works || identity.Orphaned is null != deadline is null)
                    return false;
                if (deadline is not null && !suspended && !(DueTimes.NextDue(identity, now) <= deadline))
                    return false;
            }

            return true;
        }, iter: 20_000);

    private static Identity Standing { get; } =
        Some.Identity.SetIntent(new([Some.Entitlement()], Some.Permit(TimeSpan.Zero, Some.Entitlement())), Some.Noon).Value;

    // A departure that is known already is told with the time of the first.
    private static Identity Next(Identity identity, Step step, DateTimeOffset now)
    {
        var result = step switch
        {
            Step.Depart => identity.OwnerDeparted(Left("ada", identity.Orphaned?.Since ?? now)),
            Step.DepartOther => identity.OwnerDeparted(Left("eve", now)),
            Step.Return => identity.OwnerReturned("ada"),
            Step.Transfer => identity.TransferOwnership(new("bob", "payments")),
            Step.TransferBack => identity.TransferOwnership(new("ada", "payments")),
            Step.Suspend => identity.Suspend(),
            Step.Resume => identity.Resume(now),
            _ => identity.Expire(now),
        };
        return result.IsOk ? result.Value : identity;
    }

    private static Departure Left(string person, DateTimeOffset at) => new(person, at, at + Handover);
}
