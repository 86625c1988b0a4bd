using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <param name="Unnoticed">What somebody had changed since the last complete attempt, and nobody had noticed.</param>
internal sealed record Attempt(Verdict Verdict, CompiledPlan Plan, Observation Observed, DateTimeOffset? ResidualUntil, IReadOnlyList<Difference> Unnoticed);

/// <summary>The calls to one platform, in their order. Decides nothing.</summary>
internal sealed class Convergence(IPlatformConnector connector, TimeProvider time)
{
    /// <exception cref="PlatformException">The outcome is not known to be good; the attempt has to be repeated.</exception>
    public async Task<Attempt> Run(EnforcementOrder order, EnforcementState state, Fence fence, CancellationToken cancellation)
    {
        var plan = CompiledPlan.Of(connector, order);
        var (binding, identityId) = (order.Desired.Binding, order.Desired.IdentityId);
        var before = await connector.ObserveAsync(binding, identityId, cancellation);
        var (applied, kept) = ((ApplyResult?)null, (PlatformException?)null);
        try
        {
            applied = await connector.ApplyAsync(plan.Desired, plan.Translation, fence, cancellation);
        }
        catch (PlatformException fault) when (fault.Error == PlatformError.Rejected && !plan.Desired.PrincipalWanted)
        {
            kept = fault; // Something keeps the principal. What access it had may be gone all the same: that is read back.
        }
        catch (PlatformException fault)
        {
            await EndSessionsAfter(fault, order, state, fence, cancellation);
            throw;
        }

        var residual = await EndSessions(order, state, fence, cancellation);
        // An attempt that failed just after it had ended them leaves nothing to find, and what was handed out lingers all the same.
        var handedOut = order.Desired.EndingCredentials.Intersect(state.WithCredentials, StringComparer.Ordinal).Any();
        if (residual is null && handedOut)
            residual = time.GetUtcNow() + connector.Capabilities.CredentialEndLag;
        // What only expires is not known to the platform, and of what was never handed out nothing lingers.
        if (!handedOut && connector.Capabilities.SessionEnding == SessionEnding.ByExpiryOnly)
            residual = null;
        var after = await connector.ObserveAsync(binding, identityId, cancellation);
        // Of a principal that stays it is asked what access it has, and not whether it is there.
        var stays = kept is not null || applied?.PrincipalNativeId is not null;
        var probe = await connector.ProbeAsync(stays ? plan.Desired with { PrincipalWanted = true } : plan.Desired, cancellation);
        var hadAccess = state.Applied.Length > 0 || state.Status is EnforcementStatus.Revoked or EnforcementStatus.Revoking
            || before.Objects.Any(seen => seen.Ownership == Ownership.Ours) || order.Desired.EndingCredentials.Count > 0;
        var verdict = Verdicts.AfterApply(plan.Desired, plan, new(after, applied, kept), probe, hadAccess);
        // Of access that is still there it is no manual task: it is tried again as often as any revocation.
        if (kept is not null && verdict.Retry)
            throw kept;
        return new(verdict, plan, after, residual, Unnoticed(state, plan, before));
    }

    /// <summary>Reads and judges, and writes nothing.</summary>
    /// <exception cref="PlatformException">The read failed or was partial.</exception>
    public async Task<Attempt> Read(EnforcementOrder order, EnforcementState state, CancellationToken cancellation)
    {
        var plan = CompiledPlan.Of(connector, order);
        var observed = await connector.ObserveAsync(order.Desired.Binding, order.Desired.IdentityId, cancellation);
        var differs = Comparison.Compare(state.Applied, observed).Count > 0;
        // A difference is worth telling whatever the authorizer says, and without one it was asked before.
        var probe = differs ? new ProbeReport([]) : await connector.ProbeAsync(plan.Desired, cancellation);
        return new(Verdicts.AfterRead(state, plan.Desired, plan, observed, probe), plan, observed, state.ResidualUntil, []);
    }

    private async Task<DateTimeOffset?> EndSessions(EnforcementOrder order, EnforcementState state, Fence fence, CancellationToken cancellation) =>
        order.Desired.EndingCredentials.Count == 0 ? null
            : await connector.EndSessionsAsync(order.Desired.Binding, order.Desired.IdentityId, order.Desired.EndingCredentials, state.Handles, fence, cancellation);

    // A grant that has ended never lives again. So whatever keeps its access from being taken away, or another grant from being
    // given, and even what a newer writer may have done, is no reason to let its credential live on.
    private async Task EndSessionsAfter(PlatformException fault, EnforcementOrder order, EnforcementState state, Fence fence, CancellationToken cancellation)
    {
        try
        {
            await EndSessions(order, state, fence, cancellation);
        }
        catch (PlatformException second)
        {
            throw new PlatformException(
                fault.Error, $"{fault.Message} The credentials of what has ended could not be ended either: {second.Message}", fault, fault.RetryAfter);
        }
    }

    // Only after a complete attempt is it known what was there; and what is as it is wanted now is nobody's change.
    private static Difference[] Unnoticed(EnforcementState state, CompiledPlan plan, Observation before)
    {
        if (!state.IsSettled)
            return [];
        var wrongNow = Comparison.Compare(plan.Objects, before).Select(difference => (difference.ObjectKind, difference.Key)).ToHashSet();
        return [.. Comparison.Compare(state.Applied, before)
            .Where(difference => wrongNow.Contains((difference.ObjectKind, difference.Key)))
            .Where(difference => !before.Objects.Any(seen => seen.Generation > state.Generation && seen.Object.Key == difference.Key))];
    }
}
