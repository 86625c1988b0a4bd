using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Platforms;

internal sealed record AdoptInput(
    string Platform,
    string Principal,
    string Digest,
    string IdentityId,
    IdentityKind Kind,
    Owner Owner,
    string Environment,
    IReadOnlyList<TagInput> Tags,
    string Reason,
    string? IdempotencyKey)
    : IMutationInput;

internal sealed class AdoptPrincipalInputType : DescribedInput<AdoptInput>
{
    public AdoptPrincipalInputType()
        : base("AdoptPrincipalInput", "Which principal, as it was looked at, and the identity that it becomes.")
    {
        Take("platform", Of.Text, "The platform's id.");
        Take("principal", Of.Text, "The platform's name of it.");
        Take("digest", Of.Text, "Its 'digest', as it was read: when it has something else by now, nothing is done.");
        Take("identityId", Of.Text, "The new identity's id: 1 to 63 lower-case letters, digits and '-'.");
        Take("kind", Of.One<IdentityKindType>(), "What sort it is.");
        Take("owner", Of.One<OwnerInputType>(), "Who is accountable.");
        Take("environment", Of.Text, "For example 'production'.");
        Take("tags", Of.Many<TagInputType>(), "What else policy may look at; at most 50.", Array.Empty<TagInput>());
        Take("reason", Of.Text, "Why, for the audit.", "");
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override AdoptInput Parse(Given given) => new(
        given.Get<string>("platform"), given.Get<string>("principal"), given.Get<string>("digest"), given.Get<string>("identityId"),
        given.Get<IdentityKind>("kind"), given.Get<Owner>("owner"), given.Get<string>("environment"), given.List<TagInput>("tags"),
        given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}

/// <param name="Accepted">Whether what the principal had is accepted by now.</param>
internal sealed record AdoptSuccess(IdentityView Identity, bool Accepted);

internal sealed class AdoptSuccessType : Described<AdoptSuccess>
{
    public AdoptSuccessType()
        : base("AdoptSuccess", "The identity is registered.")
    {
        Show("identity", Of.One<IdentityType>(), "The new identity.", success => success.Identity);
        Show("accepted", Of.Bool, "Whether what the principal had is accepted by now: false when the platform was not read in time, or when the principal has got something else meanwhile, which is then drift of the identity.", success => success.Accepted);
    }
}
