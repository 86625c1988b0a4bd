using GraphQL;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.GraphQL.Loading;

namespace NhiGrains.GraphQL.Grants;

/// <summary>Waits for a grant to come so far, by reading its identity again and again; no platform is asked.</summary>
internal static class GrantWaits
{
    public const int MaxSeconds = 30;
    public const int DefaultSeconds = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public static Refusal? Check(int seconds) => seconds is >= 1 and <= MaxSeconds
        ? null
        : new("INVALID_WAIT", $"A wait lasts 1 to {MaxSeconds} seconds.", "Wait shorter, and follow 'grantChanged' for the rest.", "waitSeconds");

    /// <summary>Null: it can no longer come so far, so waiting is over.</summary>
    /// <param name="node">Null when the grant has become history.</param>
    public static bool? IsReached(GrantNode? node, GrantWait wait) => node?.Grant switch
    {
        PendingApprovalGrant => false,
        ActiveGrant or IntentGrant => wait == GrantWait.Granted || IsEffective(node!), // It has a grant.
        _ => null,
    };

    /// <summary>The same; a grant is history only after it was read back as gone.</summary>
    public static bool? IsReached(GrantNode? node, RevocationWait wait) => node?.Grant switch
    {
        null or RevokedGrant => true,
        RevokingGrant or ActiveGrant => false,
        _ => null,
    };

    public static async Task<GrantSuccess> UntilAsync(IResolveFieldContext context, GrantSuccess success, Func<GrantNode?, bool?> isReached, int seconds)
    {
        var time = context.Time();
        var since = time.GetTimestamp();
        var pause = FirstPause;
        while (isReached(success.Grant) == false && time.GetElapsedTime(since) is var waited && waited < TimeSpan.FromSeconds(seconds))
        {
            var left = TimeSpan.FromSeconds(seconds) - waited;
            await Task.Delay(pause < left ? pause : left, time, context.CancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            if (await context.Grains().GetGrain<IIdentityGrain>(success.Identity.Identity.Id).Get() is { } view)
                success = GrantSuccess.Of(view, success.Grant?.Grant.Id);
        }

        return success with { WaitReached = isReached(success.Grant) == true };
    }

    // What was enforced has to be as new as the state that was read, or it may be from before the grant.
    private static bool IsEffective(GrantNode node) => Platforms(node.Grant).All(platform => node.Identity.Platforms.Any(report =>
        report.Platform == platform && report.Status == EnforcementStatus.Effective && report.Generation >= node.Identity.Identity.Generation));

    public static IEnumerable<string> Platforms(Grant grant)
    {
        IReadOnlyList<Entitlement> entitlements = grant is ActiveGrant active ? active.Entitlements : grant.Decision.Entitlements;
        return entitlements.Select(entitlement => entitlement.Platform).Distinct(StringComparer.Ordinal);
    }
}
