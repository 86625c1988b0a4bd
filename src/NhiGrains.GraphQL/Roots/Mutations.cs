using System.Security.Cryptography;
using GraphQL;
using GraphQL.Types;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.People;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Roots;

/// <summary>What the input of every mutation with a key has.</summary>
internal interface IMutationInput
{
    string? IdempotencyKey { get; }
}

internal static class Mutations
{
    private const int MaxKeyLength = 128;

    public const string KeyDescription = "Chosen by the caller, 1 to 128 characters: a repeated call with the same key is carried out once. Made when left out.";

    /// <summary>Adds a mutation whose result is a success or a <see cref="Refusal"/>.</summary>
    /// <param name="takesAway">
    /// Whether it only takes away, or says no: then it works for whoever has departed as well, and when the directory does not answer.
    /// Null: never.
    /// </param>
    public static void Mutation<TInputType, TInput, TSuccessType>(
        this ObjectGraphType root,
        string name,
        string description,
        Role roles,
        Func<TInput, string, IResolveFieldContext, Task<object>> carryOut,
        Func<TInput, string>? own = null,
        Func<TInput, bool>? takesAway = null)
        where TInputType : IGraphType
        where TInput : class, IMutationInput
        where TSuccessType : IObjectGraphType => root.Add<TInputType, TInput, PayloadType<TSuccessType>>(name, description, roles, own, async (input, context) =>
        {
            var key = input.IdempotencyKey ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            return new Payload(key, await ResultAsync(context, async () =>
                (object?)CheckKey(key)
                ?? (takesAway?.Invoke(input) == true ? null : await CheckPresentAsync(context))
                ?? await carryOut(input, key, context)));
        });

    /// <summary>The same for an answer that nothing can keep, so that a repeated call is carried out again: it has no key.</summary>
    public static void UnkeyedMutation<TInputType, TInput, TSuccessType>(
        this ObjectGraphType root,
        string name,
        string description,
        Role roles,
        Func<TInput, IResolveFieldContext, Task<object>> carryOut,
        Func<TInput, string>? own = null)
        where TInputType : IGraphType
        where TInput : class
        where TSuccessType : IObjectGraphType => root.Add<TInputType, TInput, UnkeyedPayloadType<TSuccessType>>(name, description, roles, own, async (input, context) =>
            new UnkeyedPayload(await ResultAsync(context, async () => (object?)await CheckPresentAsync(context) ?? await carryOut(input, context))));

    private static void Add<TInputType, TInput, TPayloadType>(
        this ObjectGraphType root, string name, string description, Role roles, Func<TInput, string>? own, Func<TInput, IResolveFieldContext, Task<object>> answer)
        where TInputType : IGraphType
        where TInput : class
        where TPayloadType : IGraphType => root
        .Field(name, Of.One<TPayloadType>())
        .Description(description)
        .Argument(Of.One<TInputType>(), "input", argument => argument.Description = "What to do.")
        .For(roles, own is null ? null : context => own(context.GetArgument<TInput>("input")))
        .ResolveAsync(async context => await answer(context.GetArgument<TInput>("input"), context));

    private static async Task<object> ResultAsync(IResolveFieldContext context, Func<Task<object>> carryOut)
    {
        var store = context.Service<IStoreCondition>();
        return (object?)store.ReadOnly ?? await ExplainedAsync(store, carryOut);
    }

    private static async Task<object> ExplainedAsync(IStoreCondition store, Func<Task<object>> carryOut)
    {
        Refusal? refusal = null;
        try
        {
            return await carryOut();
        }
        catch (Exception fault) when ((refusal = store.Explain(fault)) is not null)
        {
            return refusal;
        }
    }

    // A token can be good for longer than its person is here. Who has left may take away what they know to be wrong, and no more.
    private static async Task<Refusal?> CheckPresentAsync(IResolveFieldContext context) => context.Caller().Person is { } person
        ? OwnerRules.CheckAsker(await PeopleQueries.Directory(context).DepartureOf(person))
        : null;

    private static Refusal? CheckKey(string key) => key.Length is > 0 and <= MaxKeyLength
        ? null
        : new Refusal("INVALID_IDEMPOTENCY_KEY", $"An idempotency key has 1 to {MaxKeyLength} characters.", "Use for example a UUID, or leave it out.", "idempotencyKey");
}
