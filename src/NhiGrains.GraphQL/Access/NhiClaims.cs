namespace NhiGrains.GraphQL.Access;

/// <summary>The claims that the API reads from every authenticated principal, whoever issued its token; roles are <c>ClaimTypes.Role</c>.</summary>
public static class NhiClaims
{
    /// <summary>Who it is: the actor of what is done.</summary>
    public const string Subject = "sub";

    /// <summary>When the token ends, in seconds since 1970.</summary>
    public const string Expiry = "exp";

    /// <summary>The id of the identity that asks for itself; absent for everybody else.</summary>
    public const string Identity = "nhi_identity";

    /// <summary>There when somebody else acts in the subject's place (RFC 8693): the token speaks with their rights, and is no person's own.</summary>
    public const string Delegated = "nhi_delegated";
}
