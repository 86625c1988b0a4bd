using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Identities;

internal static class IdentityMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        Add<RegisterIdentityInputType, RegisterInput>(root, "registerIdentity", "Registers an identity, with its owner.", input =>
            new IdentityCommand.RegisterIdentity(new(input.Kind, input.Owner, input.Environment, TagInputType.Map(input.Tags)!, input.Bindings))); // Null only for null.
        Add<UpdateIdentityInputType, UpdateInput>(
            root, "updateIdentity", "Changes what is said about an identity. What is left out stays as it is at that moment, so two changes of different members never undo each other. Not of itself.", input =>
            new IdentityCommand.UpdateIdentity(new(input.Kind, input.Environment, TagInputType.Map(input.Tags), input.Bindings), input.ExpectedGeneration), PeopleOnly.CheckOwn);
        Add<SetIntentInputType, IntentInput>(root, "setIntent", "Sets the standing access of an identity, after policy has permitted it; where people have to approve, once they have.", input =>
            new IdentityCommand.SetIntent(input.Entitlements, input.Reason, input.ExpectedGeneration), takesAway: input => input.Entitlements.Count == 0);
        Add<IdentityReasonInputType, ReasonInput>(root, "suspendIdentity", "Takes all access away until the identity is resumed.", input =>
            new IdentityCommand.SuspendIdentity(input.Reason), takesAway: _ => true);
        Add<IdentityReasonInputType, ReasonInput>(root, "resumeIdentity", "Gives back what a suspension took, as far as it has not run out. For people only.", input =>
            new IdentityCommand.ResumeIdentity(input.Reason), (context, _) => PeopleOnly.CheckTrust(context));
        Add<IdentityReasonInputType, ReasonInput>(
            root, "offboardIdentity", "Revokes everything everywhere, for good. The identity is RETIRED once every platform was read back without it.", input =>
            new IdentityCommand.OffboardIdentity(input.Reason), takesAway: _ => true);
        Add<TransferOwnershipInputType, TransferInput>(root, "transferOwnership", "Makes somebody else accountable. Not for itself.", input =>
            new IdentityCommand.TransferOwnership(input.Owner, input.Reason), PeopleOnly.CheckOwn);
    }

    private static void Add<TInputType, TInput>(
        ObjectGraphType root, string name, string description, Func<TInput, IdentityCommand> command,
        Func<IResolveFieldContext, string, Refusal?>? check = null, Func<TInput, bool>? takesAway = null)
        where TInputType : IGraphType
        where TInput : class, IIdentityInput => root.Mutation<TInputType, TInput, IdentitySuccessType>(name, description, Role.Operator,
            async (input, key, context) => (object?)check?.Invoke(context, input.IdentityId) ?? Success(await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, command(input))),
            takesAway: takesAway);

    private static object Success(CommandAnswer answer) => (object?)answer.Refusal ?? new IdentitySuccess(IdentityCommands.ViewOf(answer), GrantNode.Find(answer.Identity, answer.GrantId));
}

internal static class IdentityCommands
{
    public static readonly Refusal Unknown =
        new("UNKNOWN_IDENTITY", "There is no such identity.", "Register it first, or look at the query 'identities'.", "identityId");

    /// <summary>Has a command carried out for the caller. An id that no identity can have is refused before a grain exists for it.</summary>
    public static async Task<CommandAnswer> ExecuteAsync(IResolveFieldContext context, string identityId, string key, IdentityCommand command)
    {
        if (Names.CheckIdentityId(identityId) is { } refusal)
            return new(refusal with { Field = "identityId" }, null, null);
        var answer = await context.Grains().GetGrain<IIdentityGrain>(identityId).Execute(EnvelopeOf(context, key, command));
        // Fields further down in this request must not see what was loaded before the change.
        context.Loaders().Identities.Forget(identityId);
        return answer;
    }

    public static CommandEnvelope EnvelopeOf(IResolveFieldContext context, string key, IdentityCommand command)
    {
        var caller = context.Caller();
        return new(key, caller.Actor, command) { ActorIdentity = caller.IdentityId, Subject = caller.Subject, IsDelegated = caller.IsDelegated };
    }

    public static IdentityView ViewOf(CommandAnswer answer) =>
        answer.Identity ?? throw new InvalidOperationException("A command answered neither an identity nor a refusal.");
}

/// <param name="Request">What waits for approvers before the change is made; null when it was made.</param>
internal sealed record IdentitySuccess(IdentityView Identity, GrantNode? Request = null);

internal sealed class IdentitySuccessType : Described<IdentitySuccess>
{
    public IdentitySuccessType()
        : base("IdentitySuccess", "The change is durable; enforcement goes on by itself.")
    {
        Show("identity", Of.One<IdentityType>(), "The identity after the change.", success => success.Identity);
        Show("request", Of.Maybe<GrantType>(), "For setIntent, when people have to approve: what waits for them, while the identity keeps the intent that it has. Null when the change was made.", success => success.Request);
    }
}
