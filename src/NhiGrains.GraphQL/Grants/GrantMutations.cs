using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Evidence;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

internal static class GrantMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<RequestAccessInputType, RequestInput, GrantSuccessType>(
            "requestAccess", "Asks for access for a while; policy decides at once. A request that is denied is a success too: its grant is DENIED, and its decision says why.",
            Role.Requester, RequestAsync, own: input => input.IdentityId);
        root.Mutation<RenewGrantInputType, RenewInput, GrantSuccessType>(
            "renewGrant", "Moves the end of a grant, as policy permits now. Never shortens it.",
            Role.Requester, RenewAsync, own: input => input.IdentityId);
        root.Mutation<RevokeGrantInputType, RevokeInput, GrantSuccessType>(
            "revokeGrant", "Ends a grant. Access that its identity has for other reasons stays.",
            Role.Requester | Role.Operator, RevokeAsync, own: input => input.IdentityId, takesAway: _ => true);
        CredentialMutations.AddTo(root);
    }

    private static async Task<object> RequestAsync(RequestInput input, string key, IResolveFieldContext context)
    {
        if (input.WaitFor is not null && GrantWaits.Check(input.WaitSeconds) is { } refusal)
            return refusal;
        var answer = await EvidenceCommands.ExecuteAsync(context, input.IdentityId, key, input.Evidence, evidence =>
            new IdentityCommand.RequestAccess(input.Entitlements, TimeSpan.FromSeconds(input.LifetimeSeconds), input.Reason) { Evidence = evidence, Ticket = input.Ticket, BreakGlass = input.BreakGlass });
        if (answer.Refusal is not null)
            return answer.Refusal;
        var success = GrantSuccess.Of(answer, answer.GrantId);
        return input.WaitFor is { } wait
            ? await GrantWaits.UntilAsync(context, success, now => GrantWaits.IsReached(now, wait), input.WaitSeconds)
            : success;
    }

    private static async Task<object> RenewAsync(RenewInput input, string key, IResolveFieldContext context)
    {
        var answer = await EvidenceCommands.ExecuteAsync(context, input.IdentityId, key, input.Evidence, evidence =>
            new IdentityCommand.RenewGrant(input.GrantId, TimeSpan.FromSeconds(input.LifetimeSeconds), input.Reason) { Evidence = evidence });
        return (object?)answer.Refusal ?? GrantSuccess.Of(answer, answer.GrantId ?? input.GrantId);
    }

    private static async Task<object> RevokeAsync(RevokeInput input, string key, IResolveFieldContext context)
    {
        if (input.WaitFor is not null && GrantWaits.Check(input.WaitSeconds) is { } refusal)
            return refusal;
        var answer = await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, new IdentityCommand.RevokeGrant(input.GrantId, input.Reason));
        if (answer.Refusal is not null)
            return answer.Refusal;
        var success = GrantSuccess.Of(answer, answer.GrantId ?? input.GrantId);
        return input.WaitFor is { } wait
            ? await GrantWaits.UntilAsync(context, success, now => GrantWaits.IsReached(now, wait), input.WaitSeconds)
            : success;
    }
}

/// <param name="Grant">Null when it has become history, as when a call is repeated later.</param>
/// <param name="WaitReached">Null when nothing was waited for.</param>
internal sealed record GrantSuccess(IdentityView Identity, GrantNode? Grant, bool? WaitReached = null)
{
    public static GrantSuccess Of(CommandAnswer answer, string? grantId) => Of(IdentityCommands.ViewOf(answer), grantId);

    public static GrantSuccess Of(IdentityView identity, string? grantId) => new(identity, GrantNode.Find(identity, grantId));
}

internal sealed class GrantSuccessType : Described<GrantSuccess>
{
    public GrantSuccessType()
        : base("GrantSuccess", "The change is durable; enforcement goes on by itself.")
    {
        Show("grant", Of.Maybe<GrantType>(), "The grant after the change, or after the wait; null when a repeated call is answered, or the wait ends, after it has become history.", success => success.Grant);
        Show("identity", Of.One<IdentityType>(), "Whose it is.", success => success.Identity);
        Show("waitReached", Of.Maybe<BooleanGraphType>(), "Whether it came so far in time; null when nothing was waited for.", success => success.WaitReached);
    }
}
