using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// What an identity has was decided by what was said about it then. When that changes, it loses in the same step what the policy in force
/// does not permit because of it: pure.
/// </summary>
internal static class ProfileReviews
{
    /// <returns>The state after the change as it is when that takes nothing.</returns>
    public static IdentityState Next(IdentityState before, IdentityState after, CommandContext context)
    {
        if (before.Identity is not { } earlier || after.Identity is not { } identity || !Matters(earlier.Profile, identity.Profile))
            return after;
        var with = RolloutRules.Of(identity, context);
        if (ReferenceEquals(with.By.InLine, identity))
            return after;
        var without = RolloutRules.Of(identity with { Profile = As(earlier.Profile, identity.Profile) }, context);
        var taken = TakenByChange.Of(identity, without.By, with.By);
        return ReferenceEquals(taken.InLine, identity)
            ? after
            : after.With(taken.InLine, new Change(context.Actor, RolloutRules.PolicyChanged, RolloutRules.Told(context.Policy.Version, "what is said about the identity changed.", taken)) { Records = with.Records }, context.Now);
    }

    // Of a principal policy knows nothing.
    private static bool Matters(IdentityProfile one, IdentityProfile other) =>
        !ReferenceEquals(one, other) && Canonical(one) != Canonical(other);

    private static string Canonical(IdentityProfile profile) => Domain.Canonical.Text(new
    {
        profile.Kind,
        profile.Owner,
        profile.Environment,
        Tags = new SortedDictionary<string, string>(profile.Tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
    });

    private static IdentityProfile As(IdentityProfile earlier, IdentityProfile now) =>
        now with { Kind = earlier.Kind, Owner = earlier.Owner, Environment = earlier.Environment, Tags = earlier.Tags };
}
