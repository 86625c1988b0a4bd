using GraphQL;
using NhiGrains.Domain;

namespace NhiGrains.GraphQL.Access;

/// <summary>What people decide, whatever roles the token of an identity has.</summary>
internal static class PeopleOnly
{
    /// <summary>Null for a person. What is not ours is changed, accepted or left out of sight when a person says so (promise 6): to an identity it could be its own access.</summary>
    public static Refusal? Check(IResolveFieldContext context) => context.Caller() switch
    {
        { IdentityId: { } identity } => No($"The token is that of the identity '{identity}'"),
        { IsDelegated: true } => No("The token is that of somebody who acts for a person"),
        _ => null,
    };

    private static Refusal No(string whose) => new("NOT_A_PERSON", $"{whose}, and what becomes of what is not ours is for people to decide.", "Use a person's own token.");
}
