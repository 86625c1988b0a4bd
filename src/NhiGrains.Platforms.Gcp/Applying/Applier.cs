using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;
using NhiGrains.Platforms.Gcp.Policies;

namespace NhiGrains.Platforms.Gcp.Applying;

/// <summary>
/// Brings the project to the desired bindings. What takes access away is done first and in any case; what stands in the way of
/// giving access (no such resource, another account under the address) stops only the giving, and what carries a newer generation
/// stops the removal of itself alone.
/// </summary>
internal sealed class Applier(GcpPlatformOptions options, SnapshotReader snapshots, RecentReads recent, PolicyEditor editor, Accounts accounts, RoleKeeper roles)
{
    public async Task<ApplyResult> ApplyAsync(DesiredState desired, Translation translation, Fence fence, CancellationToken cancellation)
    {
        if (translation.Fidelity is Fidelity.Refused refused)
            throw new PlatformException(PlatformError.Rejected, $"A refused plan cannot be applied: {refused.Why.Message}");
        var account = AccountEmail.Parse(desired.Binding.Principal, options.ProjectId);
        var snapshot = recent.Take(desired.IdentityId) ?? await snapshots.ReadAsync(cancellation);
        var found = snapshot.Accounts.GetValueOrDefault(account);
        var problem = Accounts.Problem(desired, account, found);
        // Access of ours that reaches another account than the one it was decided for goes.
        var plan = new ApplyPlan(options.ProjectId, desired, account, snapshot, problem is null && desired.PrincipalWanted ? translation.Objects : []);

        var writes = await TakeAwayAsync(plan, fence, cancellation);
        if (plan.GivingIsFenced || !desired.PrincipalWanted)
            plan.ThrowIfFenced();
        if (!desired.PrincipalWanted)
        {
            var left = await accounts.OffboardAsync(desired, account, found, fence, cancellation);
            return new(left.NativeId, writes + left.Writes);
        }

        if (problem is not null && translation.Objects.Count > 0)
            throw problem;
        var isNew = found is null && problem is null;
        if (isNew)
        {
            found = await accounts.CreateAsync(desired.IdentityId, account, fence, cancellation);
            writes++;
        }

        writes += await GiveAsync(plan, isNew, fence, cancellation);
        plan.ThrowIfFenced();
        return new(problem is null ? found?.UniqueId : null, writes);
    }

    /// <summary>One that fails does not keep the others from being taken away.</summary>
    private async Task<int> TakeAwayAsync(ApplyPlan plan, Fence fence, CancellationToken cancellation)
    {
        var (writes, first) = (0, (PlatformException?)null);
        var narrowing = plan.RolesThatGiveTooMuch
            .Select<BindingBody, Func<Task<bool>>>(role => () => roles.EnsureAsync(role, plan.UnusedRoles, fence, cancellation));
        var removing = plan.PlacesToTakeFrom
            .Select<Place, Func<Task<bool>>>(place => () => editor.EditAsync(place, policy => plan.TakeAway(place, policy), fence, cancellation));
        foreach (var takeAway in narrowing.Concat(removing))
        {
            try
            {
                writes += await takeAway() ? 1 : 0;
            }
            catch (PlatformException gone) when (gone.Error == PlatformError.NotFound)
            {
                // With the resource its policy is gone, and with it what it gave.
            }
            catch (PlatformException failure) when (failure.Error != PlatformError.Fenced)
            {
                first ??= failure;
            }
        }

        return first is null ? writes : throw first;
    }

    private async Task<int> GiveAsync(ApplyPlan plan, bool accountIsNew, Fence fence, CancellationToken cancellation)
    {
        plan.ThrowIfNowhere();
        var writes = 0;
        foreach (var role in plan.WantedRoles)
            writes += await roles.EnsureAsync(role, plan.UnusedRoles, fence, cancellation) ? 1 : 0;
        foreach (var place in plan.PlacesToGiveAt)
        {
            try
            {
                writes += await editor.EditAsync(place, policy => plan.Give(place, policy), fence, cancellation) ? 1 : 0;
            }
            // Google takes a while to know a new account everywhere.
            catch (PlatformException refused) when (refused.Error == PlatformError.Rejected && accountIsNew)
            {
                throw ApiFailures.Unavailable($"give access to the new account at {place}", refused.Message, refused);
            }
        }

        return writes;
    }
}
