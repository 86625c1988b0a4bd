using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// What an identity has was decided by what was said about it then. When that changes, it loses in the same step what the policy in force
/// does not permit because of it: pure.
/// </summary>
internal static class ProfileReviews
{
    private const string Changed = "what is said about the identity changed.";

    /// <returns>The state after the change as it is when that takes nothing.</returns>
    public static IdentityState Next(IdentityState before, IdentityState after, CommandContext context) =>
        before.Identity is not { } earlier || after.Identity is not { } identity || !Matters(earlier.Profile, identity.Profile)
            ? after
            // What rests on an exception is found while the exception is there to compare with.
            : WithoutExceptions(Reviewed(earlier, identity, after, context), context);

    private static IdentityState Reviewed(Identity earlier, Identity identity, IdentityState after, CommandContext context)
    {
        var with = RolloutRules.Of(identity, context);
        if (ReferenceEquals(with.By.InLine, identity))
            return after;
        var without = RolloutRules.Of(identity with { Profile = As(earlier.Profile, identity.Profile) }, context);
        var taken = TakenByChange.Of(identity, without.By, with.By);
        return ReferenceEquals(taken.InLine, identity)
            ? after
            : after.With(taken.InLine, new Change(context.Actor, RolloutRules.PolicyChanged, RolloutRules.Told(context.Policy.Version, Changed, taken)) { Records = with.Records }, context.Now);
    }

    private static IdentityState WithoutExceptions(IdentityState state, CommandContext context) =>
        state.Identity is { } identity && identity.EndThoseOfAnother(context.Actor, context.Now) is var next && !ReferenceEquals(next, identity)
            ? state.With(next, new Change(context.Actor, RolloutRules.PolicyChanged, Changed), context.Now)
            : state;

    private static bool Matters(IdentityProfile one, IdentityProfile other) =>
        !ReferenceEquals(one, other) && one.DigestOfWhatIsSaid() != other.DigestOfWhatIsSaid();

    private static IdentityProfile As(IdentityProfile earlier, IdentityProfile now) =>
        now with { Kind = earlier.Kind, Owner = earlier.Owner, Environment = earlier.Environment, Tags = earlier.Tags };
}
