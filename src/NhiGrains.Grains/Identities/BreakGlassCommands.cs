using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Identities;

/// <summary>Reviews of emergency access: pure.</summary>
internal static class BreakGlassCommands
{
    public static Result<Outcome> Close(Identity identity, IdentityCommand.CloseReview close, CommandContext context)
    {
        var closed = BreakGlassRules.Close(
            identity, close.GrantId, new(context.Actor, context.IsAgent), close.Finding, close.Justified, new(context.People, identity.Profile.Owner.Team, context.Now));
        return closed.Refusal is { } refusal ? refusal : new Outcome(closed.Value, BreakGlassDetails.Reviewed, close.Finding);
    }

    public static Result<Outcome> Use(Identity identity, IdentityCommand.UseGrant use, CommandContext context)
    {
        var used = BreakGlassRules.Use(identity, use.GrantId, context.Actor, context.Subject, context.Now);
        return used.Refusal is { } refusal ? refusal : new Outcome(used.Value, BreakGlassDetails.Used, "a credential is handed out", use.GrantId);
    }
}

/// <summary>What to tell of reviews that have changed.</summary>
internal sealed record ReviewChange(string Action, string? Before, string After, Dictionary<string, string> Details)
{
    public static IEnumerable<ReviewChange> Between(Identity? before, Identity after)
    {
        foreach (var review in after.Reviews)
        {
            var old = before?.Reviews.FirstOrDefault(known => known.GrantId == review.GrantId);
            if (!ReferenceEquals(old, review))
                yield return new(BreakGlassDetails.ActionOf(old, review), old is null ? null : Canonical.Digest(old), Canonical.Digest(review), BreakGlassDetails.Of(old, review));
        }
    }
}
