using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Platforms;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Platforms;

/// <summary>What a person decides about a principal that no identity is bound to.</summary>
internal static class UnmanagedMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<WatchPrincipalInputType, WatchInput, WatchSuccessType>(
            "watchPrincipal", "Says that a principal without an identity is known as it is: it is only watched, and told again when it changes. For people only.",
            Role.Operator, WatchAsync);
        root.Mutation<AdoptPrincipalInputType, AdoptInput, AdoptSuccessType>(
            "adoptPrincipal",
            "Registers an identity, with an owner, for a principal that had none, and accepts what the principal has as it was looked at. Repeat it with the same key when 'accepted' is false. For people only.",
            Role.Operator, Adoption.RunAsync);
    }

    private static async Task<object> WatchAsync(WatchInput input, string key, IResolveFieldContext context)
    {
        if ((PeopleOnly.Check(context) ?? PlatformQueries.CheckKnown(context, input.Platform)) is { } refusal)
            return refusal;
        var answer = await context.Grains().GetGrain<IPlatformGrain>(input.Platform)
            .WatchOnly(new(context.Caller().Actor, input.Principal, input.Digest, input.Reason));
        return (object?)answer.Refusal ?? new WatchSuccess(answer.Platform ?? throw new InvalidOperationException("Neither a platform nor a refusal."));
    }
}

internal sealed record WatchInput(string Platform, string Principal, string Digest, string Reason, string? IdempotencyKey) : IMutationInput;

internal sealed class WatchPrincipalInputType : DescribedInput<WatchInput>
{
    public WatchPrincipalInputType()
        : base("WatchPrincipalInput", "Which principal, as it was looked at.")
    {
        Take("platform", Of.Text, "The platform's id.");
        Take("principal", Of.Text, "The platform's name of it.");
        Take("digest", Of.Text, "Its 'digest', as it was read: when it has something else by now, nothing is done.");
        Take("reason", Of.Text, "Why, for the audit.", "");
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override WatchInput Parse(Given given) => new(
        given.Get<string>("platform"), given.Get<string>("principal"), given.Get<string>("digest"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record WatchSuccess(PlatformView Platform);

internal sealed class WatchSuccessType : Described<WatchSuccess>
{
    public WatchSuccessType()
        : base("WatchSuccess", "It is only watched from now on.") =>
        Show("platform", Of.One<PlatformType>(), "What is known of its platform.", success => success.Platform);
}
