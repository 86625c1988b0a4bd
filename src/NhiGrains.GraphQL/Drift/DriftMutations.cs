using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

internal static class DriftMutations
{
    public static void AddTo(ObjectGraphType root) => root.Mutation<ResolveDriftInputType, ResolveInput, DriftSuccessType>(
        "resolveDrift", "Settles differences: puts the platform right, accepts what is there, or ignores it for a while. For people only.", Role.Operator, ResolveAsync);

    private static async Task<object> ResolveAsync(ResolveInput input, string key, IResolveFieldContext context)
    {
        if (PeopleOnly.Check(context) is { } agent)
            return agent;
        if (Names.CheckIdentityId(input.IdentityId) is { } refusal)
            return refusal with { Field = "identityId" };
        if (input.Action == DriftAction.Ignore && !(input.IgnoreUntil > context.Time().GetUtcNow()))
            return new Refusal("IGNORE_UNTIL_REQUIRED", "Something is ignored until an instant in the future.", "Give 'ignoreUntil'.", "ignoreUntil");
        if (await context.Loaders().Identities.GetAsync(input.IdentityId) is not { } view)
            return IdentityCommands.Unknown;
        if (view.Identity.Profile.Bindings.All(binding => binding.Platform != input.Platform))
            return new Refusal("NOT_BOUND", $"The identity has no principal on {input.Platform}.", "Use one of the platforms of its bindings.", "platform");

        var resolution = new DriftResolution(context.Caller().Actor, input.Reason, input.Action, input.DriftIds, input.IgnoreUntil, key);
        var answer = await context.Grains().GetGrain<IEnforcementGrain>($"{input.Platform}|{input.IdentityId}").ResolveDrift(resolution);
        if (answer.Refusal is not null)
            return answer.Refusal;
        context.Loaders().Enforcement.Forget((input.Platform, input.IdentityId));
        return new DriftSuccess(answer.View ?? throw new InvalidOperationException("A resolution answered neither a view nor a refusal."));
    }
}

internal sealed class DriftActionType() : DescribedEnum<DriftAction>("DriftAction", "How to settle a difference.",
    (DriftAction.Revert, "Puts the platform right: what is ours is written again, what is EXTRA is removed."),
    (DriftAction.Adopt, "Accepts what is EXTRA and not ours as it is: it is not reported again until it changes."),
    (DriftAction.Ignore, "Does not report exactly this difference until an instant."));

internal sealed record ResolveInput(
    string IdentityId, string Platform, DriftAction Action, IReadOnlyList<string> DriftIds, DateTimeOffset? IgnoreUntil, string Reason, string? IdempotencyKey)
    : IIdentityInput;

internal sealed class ResolveDriftInputType : IdentityInputType<ResolveInput>
{
    public ResolveDriftInputType()
        : base("ResolveDriftInput", "Which differences, and how to settle them.")
    {
        TakeIdentity("Whose they are.");
        Take("platform", Of.Text, "On which platform.");
        Take("action", Of.One<DriftActionType>(), "How to settle them.");
        Take("driftIds", Of.Many<StringGraphType>(), "Which ones; empty for all.", Array.Empty<string>());
        Take("ignoreUntil", Of.Maybe<InstantType>(), "For IGNORE: until when.");
        TakeReason();
        TakeKey();
    }

    protected override ResolveInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("platform"), given.Get<DriftAction>("action"), given.List<string>("driftIds"),
        given.FindValue<DateTimeOffset>("ignoreUntil"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record DriftSuccess(EnforcementView View);

internal sealed class DriftSuccessType : Described<DriftSuccess>
{
    public DriftSuccessType()
        : base("DriftSuccess", "It was settled as asked; enforcement goes on by itself.")
    {
        Show("identityId", Of.Text, "Whose.", success => success.View.IdentityId);
        Show("platform", Of.Text, "Where.", success => success.View.Platform);
        Show("status", Of.One<EnforcementStatusType>(), "How far the platform matches now.", success => success.View.Status);
        Show("message", Of.Text, "What happened last, for people.", success => success.View.Message);
        Show("drift", Of.Many<DriftType>(), "What is left.", success => success.View.Drift.Select(DriftNode.Of));
    }
}
