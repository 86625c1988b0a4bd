using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// The digest of exactly what approvers agree to: who asked for what, why and for how long; for which identity; what policy says to
/// it, in which version; and what each platform makes of it. Whoever computes it again gets the same one, until one of these changes.
/// </summary>
internal static class ApprovalPlans
{
    public static string DigestOf(Identity identity, PendingApprovalGrant pending, CommandContext context) => Canonical.Digest(new
    {
        Identity = identity.Id,
        Grant = pending.Id,
        pending.Request,
        Narrowed = pending.Narrowed is { } narrowed ? new { narrowed.Entitlements, narrowed.Lifetime } : null,
        Profile = Steady(identity.Profile),
        Decision = AgreedTo.Of(pending.Decision),
        Exceptions = Exceptions(identity, pending.Decision),
        Translations = Translations(identity, pending, context),
    });

    private static object[]? Exceptions(Identity identity, Decision decision) => decision.Exceptions.Count == 0
        ? null
        : [.. identity.Exceptions.Where(exception => decision.Exceptions.Contains(exception.Name, StringComparer.Ordinal)).Select(exception => new { exception.Name, exception.EndsAt })];

    private static DateTimeOffset? LatestEnd(Identity identity, PendingApprovalGrant pending) => pending.Request.IsStanding
        ? null
        : identity.Exceptions.Where(exception => pending.Decision.Exceptions.Contains(exception.Name, StringComparer.Ordinal)).Min(exception => exception.EndsAt)
        ?? pending.AnswerBy + pending.Decision.Lifetime;

    // What is learned about a principal when it is first seen changes nothing about whom it is for.
    private static IdentityProfile Steady(IdentityProfile profile) => profile with
    {
        Tags = new SortedDictionary<string, string>(profile.Tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
        Bindings = [.. profile.Bindings.Select(binding => binding with { NativeId = null }).OrderBy(binding => binding.Platform, StringComparer.Ordinal)],
    };

    // Alone, and with the latest end that it can have: beside what else the identity has, and with the end of the moment, it would
    // be another translation at every look.
    private static object[] Translations(Identity identity, PendingApprovalGrant pending, CommandContext context)
    {
        var end = LatestEnd(identity, pending);
        return [.. pending.Decision.Entitlements
            .GroupBy(entitlement => entitlement.Platform, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Translation(identity, group.Key, [.. group.Select(entitlement =>
                new DesiredEntitlement(entitlement, "requested", Instants.Earlier(end, entitlement.Conditions.NotAfter)))], pending.Decision, context))];
    }

    private static object Translation(Identity identity, string platform, DesiredEntitlement[] asked, Decision decision, CommandContext context)
    {
        var binding = identity.Profile.Bindings.First(binding => binding.Platform == platform) with { NativeId = null };
        var translation = context.Platforms.Find(platform).Value.Compile(new CompileRequest(identity.Id, binding, asked, decision.AllowsControllerEnforcedEnd));
        return new { Platform = platform, translation.Digest, translation.Fidelity };
    }
}
