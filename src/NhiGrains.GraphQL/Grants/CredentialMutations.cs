using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

/// <summary>The one answer that holds a secret (promise 11).</summary>
internal static class CredentialMutations
{
    private const string Name = "issueCredential";

    public static void AddTo(ObjectGraphType root) => root.UnkeyedMutation<IssueCredentialInputType, CredentialInput, CredentialSuccessType>(
        Name,
        "Hands out a credential for a grant that is active, to its identity, to its owner when they requested it, or to an operator. The secret is in this answer and nowhere else; it ends with the grant. Every call hands out another one.",
        Role.Requester | Role.Operator, IssueAsync, own: input => input.IdentityId);

    private static async Task<object> IssueAsync(CredentialInput input, IResolveFieldContext context)
    {
        if (Names.CheckIdentityId(input.IdentityId) is { } refusal)
            return refusal with { Field = "identityId" };
        if (await context.Loaders().Identities.GetAsync(input.IdentityId) is not { } view)
            return IdentityCommands.Unknown;
        if (GrantNode.Find(view, input.GrantId) is not { } node)
            return new Refusal("UNKNOWN_GRANT", "The identity has no such grant.", "Ask the query 'grants' for its grants.", "grantId");
        CheckCaller(context.Caller(), view.Identity, node.Grant);
        if (node.Grant is not ActiveGrant active || !active.IsAlive(context.Time().GetUtcNow()))
            return new Refusal("NOT_ACTIVE", "Only a grant that is active has credentials.", "Request access anew.", "grantId");
        var platforms = GrantWaits.Platforms(active).ToArray();
        if ((input.Platform ?? (platforms.Length == 1 ? platforms[0] : null)) is not { } platform || !platforms.Contains(platform, StringComparer.Ordinal))
            return new Refusal("PLATFORM_REQUIRED", $"The grant is about {string.Join(", ", platforms)}.", "Name one of these as 'platform'.", "platform");

        // Stored before the secret is out: whoever holds it is the identity with all that it has, and does not review what of that was an
        // emergency. An identity that draws what it has by itself is nobody.
        if ((active.Request.BreakGlass || context.Caller().Person is not null)
            && (await IdentityCommands.ExecuteAsync(context, input.IdentityId, $"use-{Guid.CreateVersion7():N}", new IdentityCommand.UseGrant(active.Id))).Refusal is { } unusable)
            return unusable;
        var order = new CredentialOrder(context.Caller().Actor, active.Id);
        var answer = await context.Grains().GetGrain<IEnforcementGrain>(EnforcementKeys.Of(platform, input.IdentityId)).IssueCredential(order);
        return answer.Refusal is { } refused ? refused : new CredentialSuccess(platform, answer);
    }

    // Whoever holds the credential is the identity to the platform, with all that it has: to have requested some of it is not enough.
    private static void CheckCaller(Caller caller, Identity identity, Grant grant)
    {
        var isOwner = caller.Actor == identity.Profile.Owner.Person && caller.Actor == grant.Request.RequestedBy;
        if (caller.IdentityId != identity.Id && !isOwner && !caller.Has(Role.Operator))
            throw new TransportError("FORBIDDEN", $"Only the identity itself, its owner for what they requested, and the roles {Roles.Names(Role.Operator | Role.Admin)} may use '{Name}'.",
                "Use the token of one of these.");
    }
}

internal sealed record CredentialSuccess(string Platform, CredentialAnswer Answer);

internal sealed class CredentialSuccessType : Described<CredentialSuccess>
{
    public CredentialSuccessType()
        : base("CredentialSuccess", "A credential. Nothing keeps the secret but who reads this answer.")
    {
        Show("platform", Of.Text, "Where it is valid.", success => success.Platform);
        Show("secret", Of.Text, "The credential itself; for Kubernetes a bearer token.", success => success.Answer.Secret);
        Show("expiresAt", Of.Maybe<InstantType>(), "When it stops working at the latest.", success => success.Answer.ExpiresAt);
        Show("residualUntil", Of.Maybe<InstantType>(), "Until when it can linger after the grant has ended; null when it cannot.", success => success.Answer.ResidualUntil);
    }
}
