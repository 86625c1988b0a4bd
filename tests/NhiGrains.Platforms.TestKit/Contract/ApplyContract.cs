using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    [Fact]
    public async Task What_is_applied_is_observed_equal_and_works_and_nothing_else_does()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete));

        await Target.ApplyAsync(desired);

        await AssertAsDesiredAsync(desired);
        await AllowedAsync(Target.Resource(1), Verb.Read);
        await AllowedAsync(Target.Resource(1), Verb.Delete);
        await RefusedAsync(Target.Resource(1), Verb.Write);
        await RefusedAsync(Target.Resource(2), Verb.Read);
    }

    [Fact]
    public async Task Applying_twice_writes_once()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

        Assert.NotEqual(0, (await Target.ApplyAsync(desired)).Writes);
        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
        await AssertAsDesiredAsync(desired);
    }

    [Fact]
    public async Task Revoking_twice_and_revoking_what_is_absent_succeeds()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        await Target.ApplyAsync(Target.Desired(3));
        Assert.Equal(0, (await Target.ApplyAsync(Target.Desired(3))).Writes);

        await AssertAsDesiredAsync(Target.Desired(3));
        await RefusedAsync(Target.Resource(1), Verb.Read);
    }

    [Fact]
    public async Task Ending_one_of_two_overlapping_grants_leaves_the_other()
    {
        var one = Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete);
        var other = Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Write);
        await Target.ApplyAsync(Target.Desired(2, one, other));

        await Target.ApplyAsync(Target.Desired(3, other));

        await AllowedAsync(Target.Resource(1), Verb.Read);
        await AllowedAsync(Target.Resource(1), Verb.Write);
        await RefusedAsync(Target.Resource(1), Verb.Delete);
    }

    [Fact]
    public async Task A_union_is_never_a_cross_product()
    {
        await Target.ApplyAsync(Target.Desired(2,
            Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Delete)));

        await AllowedAsync(Target.Resource(1), Verb.Read);
        await AllowedAsync(Target.Resource(2), Verb.Delete);
        await RefusedAsync(Target.Resource(1), Verb.Delete);
        await RefusedAsync(Target.Resource(2), Verb.Read);
    }

    [Fact]
    public async Task What_is_not_ours_is_reported_and_left_alone()
    {
        await Target.GiveByHandAsync(Target.Resource(2));
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

        await Target.ApplyAsync(desired);
        await DifferencesAsync(desired, differences => differences is [{ Kind: DifferenceKind.Extra, Ownership: Ownership.Foreign }]);
        await Target.ApplyAsync(Target.Desired(3));

        await AllowedAsync(Target.Resource(2), Verb.Read);
        await RefusedAsync(Target.Resource(1), Verb.Read);
    }

    [Fact]
    public async Task What_is_not_ours_is_removed_only_as_it_was_shown()
    {
        await Target.GiveByHandAsync(Target.Resource(2));
        var shown = (await Target.ObserveAsync()).Objects.Single(o => o.Ownership == Ownership.Foreign).Object;

        var changed = await Assert.ThrowsAsync<PlatformException>(() => RemoveAsync(shown with { Body = "{}" }));
        Assert.Equal(PlatformError.Conflict, changed.Error);
        await RemoveAsync(shown);
        await RemoveAsync(shown);

        await RefusedAsync(Target.Resource(2), Verb.Read);
    }

    [Fact]
    public async Task A_change_by_hand_is_seen_and_put_right()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);

        await Target.WidenByHandAsync();
        await DifferencesAsync(desired, differences => differences.Any(d => d is { Kind: DifferenceKind.Changed, Ownership: Ownership.Ours }));
        await Target.ApplyAsync(desired);

        await AssertAsDesiredAsync(desired);
    }

    [Fact]
    public async Task What_was_deleted_by_hand_is_missing_and_put_back()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);

        await Target.BreakByHandAsync();
        await DifferencesAsync(desired, differences => differences.Any(d => d.Kind == DifferenceKind.Missing));
        await Target.ApplyAsync(desired);

        await AllowedAsync(Target.Resource(1), Verb.Read);
    }

    [Fact]
    public async Task A_principal_that_was_created_again_gets_nothing_and_keeps_nothing()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var nativeId = (await Target.ApplyAsync(desired)).PrincipalNativeId;
        var bound = desired with { Binding = desired.Binding with { NativeId = nativeId } };
        Assert.Equal(0, (await Target.ApplyAsync(bound)).Writes);

        await Target.RecreatePrincipalAsync();
        var refused = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(bound));

        Assert.Equal(PlatformError.Rejected, refused.Error);
        await RefusedAsync(Target.Resource(1), Verb.Read);
    }

    private Task RemoveAsync(NativeObject unwanted) =>
        Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, unwanted, ConnectorTarget.Valid(), Cancellation);
}
