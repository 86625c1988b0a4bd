using GraphQL;
using NhiGrains.Domain;

namespace NhiGrains.GraphQL.Access;

/// <summary>What people decide, whatever roles the token of an identity has.</summary>
internal static class PeopleOnly
{
    /// <summary>Null for a person. What is not ours is changed, accepted or left out of sight when a person says so (promise 6): to an identity it could be its own access.</summary>
    public static Refusal? Check(IResolveFieldContext context) => Check(context, "what becomes of what is not ours");

    /// <summary>The same for who is trusted again: what was taken from an identity for a reason comes back when a person says so.</summary>
    public static Refusal? CheckTrust(IResolveFieldContext context) => Check(context, "whether an identity is trusted again");

    /// <summary>The same for what is said about an identity, by which its access is decided: null for anybody but itself.</summary>
    // Its kind, environment, tags and owner are what rules look at, and its owner's team may be who approves.
    public static Refusal? CheckOwn(IResolveFieldContext context, string identityId) =>
        context.Caller().IdentityId == identityId ? Check(context, "what its own access is decided by") : null;

    private static Refusal? Check(IResolveFieldContext context, string what) => context.Caller() switch
    {
        { IdentityId: { } identity } => No($"The token is that of the identity '{identity}'", what),
        { IsDelegated: true } => No("The token is that of somebody who acts for a person", what),
        _ => null,
    };

    private static Refusal No(string whose, string what) => new("NOT_A_PERSON", $"{whose}, and {what} is for people to decide.", "Use a person's own token.");
}
