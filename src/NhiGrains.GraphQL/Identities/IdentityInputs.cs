using GraphQL.Types;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Identities;

internal interface IIdentityInput : IMutationInput
{
    string IdentityId { get; }
}

internal abstract class IdentityInputType<T>(string name, string description) : DescribedInput<T>(name, description)
    where T : class, IIdentityInput
{
    protected void TakeIdentity(string whom = "Whom.") => Take("identityId", Of.Text, whom);

    protected void TakeKey() => Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);

    protected void TakeExpectedGeneration() => Take("expectedGeneration", Of.Maybe<WholeNumberType>(),
        "The identity's 'generation' as it was read. If it is another by now, because of this or any other change of what is wanted, nothing is done and the refusal is GENERATION_CONFLICT: read again, and decide anew. Left out: whatever it is.");

    protected void TakeReason() => Take("reason", Of.Text, "Why, for the audit.", "");
}

internal sealed record RegisterInput(
    string IdentityId, IdentityKind Kind, Owner Owner, string Environment, IReadOnlyList<TagInput> Tags, IReadOnlyList<Binding> Bindings, string? IdempotencyKey)
    : IIdentityInput;

internal sealed class RegisterIdentityInputType : IdentityInputType<RegisterInput>
{
    public RegisterIdentityInputType()
        : base("RegisterIdentityInput", "A new identity.")
    {
        TakeIdentity("Its id: 1 to 63 lower-case letters, digits and '-'. It is never used again for another one.");
        Take("kind", Of.One<IdentityKindType>(), "What sort it is.");
        Take("owner", Of.One<OwnerInputType>(), "Who is accountable.");
        Take("environment", Of.Text, "For example 'production'.");
        Take("tags", Of.Many<TagInputType>(), "What else policy may look at; at most 50.", Array.Empty<TagInput>());
        Take("bindings", Of.Many<BindingInputType>(), "Which principal it is on each platform; at most one on each.", Array.Empty<Binding>());
        TakeKey();
    }

    protected override RegisterInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<IdentityKind>("kind"), given.Get<Owner>("owner"), given.Get<string>("environment"),
        given.List<TagInput>("tags"), given.List<Binding>("bindings"), given.Find<string>("idempotencyKey"));
}

internal sealed record UpdateInput(
    string IdentityId, IdentityKind? Kind, string? Environment, IReadOnlyList<TagInput>? Tags, IReadOnlyList<Binding>? Bindings, long? ExpectedGeneration, string? IdempotencyKey)
    : IIdentityInput;

internal sealed class UpdateIdentityInputType : IdentityInputType<UpdateInput>
{
    public UpdateIdentityInputType()
        : base("UpdateIdentityInput", "Changes of a profile: what is left out stays. The owner changes by 'transferOwnership' only.")
    {
        TakeIdentity();
        Take("kind", Of.Maybe<IdentityKindType>(), "What sort it is.");
        Take("environment", Of.Maybe<StringGraphType>(), "For example 'production'.");
        Take("tags", Of.MaybeMany<TagInputType>(), "All tags, in place of those that it has.");
        Take("bindings", Of.MaybeMany<BindingInputType>(), "All bindings: those that it has, and new ones.");
        TakeExpectedGeneration();
        TakeKey();
    }

    protected override UpdateInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.FindValue<IdentityKind>("kind"), given.Find<string>("environment"),
        given.FindList<TagInput>("tags"), given.FindList<Binding>("bindings"), given.FindValue<long>("expectedGeneration"), given.Find<string>("idempotencyKey"));
}

internal sealed record IntentInput(string IdentityId, IReadOnlyList<Entitlement> Entitlements, string Reason, long? ExpectedGeneration, string? IdempotencyKey)
    : IIdentityInput;

internal sealed class SetIntentInputType : IdentityInputType<IntentInput>
{
    public SetIntentInputType()
        : base("SetIntentInput", "The standing access of an identity, as a whole.")
    {
        TakeIdentity();
        Take("entitlements", Of.Many<EntitlementInputType>(), "All of it; empty for none.");
        TakeReason();
        TakeExpectedGeneration();
        TakeKey();
    }

    protected override IntentInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.List<Entitlement>("entitlements"), given.Get<string>("reason"),
        given.FindValue<long>("expectedGeneration"), given.Find<string>("idempotencyKey"));
}

internal sealed record ReasonInput(string IdentityId, string Reason, string? IdempotencyKey) : IIdentityInput;

/// <summary>For the mutations that need nothing but whom and why.</summary>
internal sealed class IdentityReasonInputType : IdentityInputType<ReasonInput>
{
    public IdentityReasonInputType()
        : base("IdentityReasonInput", "Whom, and why.")
    {
        TakeIdentity();
        TakeReason();
        TakeKey();
    }

    protected override ReasonInput Parse(Given given) =>
        new(given.Get<string>("identityId"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed record TransferInput(string IdentityId, Owner Owner, string Reason, string? IdempotencyKey) : IIdentityInput;

internal sealed class TransferOwnershipInputType : IdentityInputType<TransferInput>
{
    public TransferOwnershipInputType()
        : base("TransferOwnershipInput", "A new owner.")
    {
        TakeIdentity();
        Take("owner", Of.One<OwnerInputType>(), "Who is accountable from now on.");
        TakeReason();
        TakeKey();
    }

    protected override TransferInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<Owner>("owner"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

internal sealed class OwnerInputType : DescribedInput<Owner>
{
    public OwnerInputType()
        : base("OwnerInput", "Who is accountable.")
    {
        Take("person", Of.Text, "A person.");
        Take("team", Of.Text, "The team that inherits when the person leaves.");
    }

    protected override Owner Parse(Given given) => new(given.Get<string>("person"), given.Get<string>("team"));
}

internal sealed class BindingInputType : DescribedInput<Binding>
{
    public BindingInputType()
        : base("BindingInput", "Which principal an identity is on a platform.")
    {
        Take("platform", Of.Text, "The platform's id, as the query 'platforms' lists it.");
        Take("principal", Of.Text, "The platform's name of the principal; for Kubernetes 'namespace/serviceaccount'.");
        Take("createIfMissing", Of.Bool, "Whether NhiGrains may create the principal; otherwise it has to exist.", false);
    }

    protected override Binding Parse(Given given) => new(
        given.Get<string>("platform"), given.Get<string>("principal"), NativeId: null, given.Get<bool>("createIfMissing"));
}
