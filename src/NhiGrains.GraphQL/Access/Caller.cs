using System.Security.Claims;
using GraphQL;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Access;

/// <summary>Who asks.</summary>
/// <param name="Actor">For the audit: the token's subject, or <c>identity:billing</c> for an identity that asks for itself.</param>
/// <param name="IdentityId">Set for an identity with its own token; without a role it may only act for itself.</param>
internal sealed record Caller(string Actor, Role Roles, string? IdentityId)
{
    /// <summary>The subject of an identity's token, when it names one besides.</summary>
    public string? Subject { get; init; }

    /// <summary>Who is behind the token: its subject, also when it is an identity's. Null for an identity that names nobody.</summary>
    public string? Person => (Subject ?? Actor) is var person && !Agents.Are(person) ? person : null;

    /// <summary>Somebody else acts with the subject's rights: what only people may do in person they may not.</summary>
    public bool IsDelegated { get; init; }

    /// <exception cref="TransportError">
    /// SUBJECT_REQUIRED: nobody could be held accountable. SUBJECT_TOO_LONG: no audit entry could name it. SUBJECT_RESERVED: somebody
    /// else would be held accountable.
    /// </exception>
    public static Caller Of(ClaimsPrincipal? user)
    {
        var identity = user?.FindFirst(NhiClaims.Identity)?.Value;
        var subject = user?.FindFirst(NhiClaims.Subject)?.Value ?? user?.FindFirst(ClaimTypes.NameIdentifier)?.Value;
        var actor = identity is null ? subject : Actors.OfIdentity(identity);
        if (string.IsNullOrWhiteSpace(actor))
            throw new TransportError("SUBJECT_REQUIRED", "The token names no subject.", "Use a token with the claim 'sub'.");
        if (actor.Length > Names.MaxActorLength)
            throw new TransportError("SUBJECT_TOO_LONG", $"The token's subject has more than {Names.MaxActorLength} characters.", "Use a token with a shorter claim 'sub'.");
        if (identity is null && Actors.AreNamed(actor))
            throw new TransportError("SUBJECT_RESERVED", $"The token's subject '{actor}' is a name of this system's own.", "Use a token with another claim 'sub'.");
        var roles = Access.Roles.All(role => user?.IsInRole(role) == true || user?.HasClaim(ClaimTypes.Role, role) == true);
        return new(actor, roles, identity)
        {
            Subject = identity is null || string.IsNullOrWhiteSpace(subject) ? null : subject[..Math.Min(subject.Length, Names.MaxActorLength)],
            IsDelegated = user?.HasClaim(claim => claim.Type == NhiClaims.Delegated) == true,
        };
    }

    public bool Has(Role roles) => (Roles & (roles | Role.Admin)) != Role.None;

    /// <exception cref="TransportError">FORBIDDEN, naming the roles that would do.</exception>
    public void Require(Role roles, string what)
    {
        if (!Has(roles))
            throw Forbidden(roles, what);
    }

    public TransportError Forbidden(Role roles, string what) => IdentityId is null
        ? new("FORBIDDEN", $"'{what}' needs the role {Access.Roles.Names(roles | Role.Admin)}.", "Ask an administrator for the role.")
        : new("FORBIDDEN", $"The identity '{IdentityId}' may use '{what}' for itself only, if at all; others need the role {Access.Roles.Names(roles | Role.Admin)}.",
            "Name the token's own identity, or use another token.");
}

internal static class CallerContext
{
    public static Caller Caller(this IResolveFieldContext context) => Access.Caller.Of(context.User);
}
