using GraphQL.Types;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain.Entitlements;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Evidence;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

internal enum GrantWait
{
    Granted,
    Effective,
}

internal enum RevocationWait
{
    Revoked,
}

internal sealed class GrantWaitType() : DescribedEnum<GrantWait>("GrantWait", "What to wait for after a request.",
    (GrantWait.Granted, "That the grant is ACTIVE; it is at once, unless it needs approval."),
    (GrantWait.Effective, "That the access works on every platform that it is about."));

internal sealed class RevocationWaitType() : DescribedEnum<RevocationWait>("RevocationWait", "What to wait for after a revocation.",
    (RevocationWait.Revoked, "That the access was read back as gone everywhere."));

/// <summary>Mutations that can wait, up to a time that the client gives.</summary>
internal abstract class GrantInputType<T>(string name, string description) : IdentityInputType<T>(name, description)
    where T : class, IIdentityInput
{
    protected void TakeLifetime() => Take("lifetimeSeconds", Of.Int, "For how long, from now.");

    protected void TakeGrant() => Take("grantId", Of.Text, "Which of its grants.");

    protected void TakeEvidence(string description) => Take("evidence", Of.MaybeMany<EvidenceInputType>(), description);

    protected void TakeWait<TWait>()
        where TWait : IGraphType
    {
        Take("waitFor", Of.Maybe<TWait>(), "Answer only then, or when the wait is over; at once when left out.");
        Take("waitSeconds", Of.Int, $"How long to wait at most, 1 to {GrantWaits.MaxSeconds}.", GrantWaits.DefaultSeconds);
    }
}

internal sealed record RequestInput(
    string IdentityId, IReadOnlyList<Entitlement> Entitlements, int LifetimeSeconds, string Reason, GrantWait? WaitFor, int WaitSeconds, string? IdempotencyKey)
    : IIdentityInput
{
    public IReadOnlyList<PresentedEvidence> Evidence { get; init; } = [];

    public string? Ticket { get; init; }

    public bool BreakGlass { get; init; }
}

internal sealed class RequestAccessInputType : GrantInputType<RequestInput>
{
    public RequestAccessInputType()
        : base("RequestAccessInput", "A request for access for a while.")
    {
        TakeIdentity("For whom.");
        Take("entitlements", Of.Many<EntitlementInputType>(), "What for: 1 to 20.");
        TakeLifetime();
        TakeReason();
        TakeEvidence("What shows what the requester is, for rules that ask for it: at most 5. A repeated call brings the same.");
        Take("ticket", Of.Maybe<StringGraphType>(), "The number of a ticket, for rules that want one; at most 100 characters.");
        Take("breakGlass", Of.Bool, "Emergency access: permitted by rules for that alone, told to everybody, and reviewed afterwards by somebody else. It needs a reason.", false);
        TakeWait<GrantWaitType>();
        TakeKey();
    }

    protected override RequestInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.List<Entitlement>("entitlements"), given.Get<int>("lifetimeSeconds"), given.Get<string>("reason"),
        given.FindValue<GrantWait>("waitFor"), given.Get<int>("waitSeconds"), given.Find<string>("idempotencyKey"))
    {
        Evidence = given.List<PresentedEvidence>("evidence"),
        Ticket = given.Find<string>("ticket"),
        BreakGlass = given.FindValue<bool>("breakGlass") ?? false,
    };
}

internal sealed record RenewInput(string IdentityId, string GrantId, int LifetimeSeconds, string Reason, string? IdempotencyKey) : IIdentityInput
{
    public IReadOnlyList<PresentedEvidence> Evidence { get; init; } = [];
}

internal sealed class RenewGrantInputType : GrantInputType<RenewInput>
{
    public RenewGrantInputType()
        : base("RenewGrantInput", "A later end of a grant that is active.")
    {
        TakeIdentity("Whose it is.");
        TakeGrant();
        TakeLifetime();
        TakeReason();
        TakeEvidence("What shows what the requester is now, beside what was shown before and still counts: at most 5 in all. A repeated call brings the same.");
        TakeKey();
    }

    protected override RenewInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<int>("lifetimeSeconds"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"))
    {
        Evidence = given.List<PresentedEvidence>("evidence"),
    };
}

internal sealed record RevokeInput(string IdentityId, string GrantId, string Reason, RevocationWait? WaitFor, int WaitSeconds, string? IdempotencyKey) : IIdentityInput;

internal sealed class RevokeGrantInputType : GrantInputType<RevokeInput>
{
    public RevokeGrantInputType()
        : base("RevokeGrantInput", "The end of a grant, now.")
    {
        TakeIdentity("Whose it is.");
        TakeGrant();
        TakeReason();
        TakeWait<RevocationWaitType>();
        TakeKey();
    }

    protected override RevokeInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("grantId"), given.Get<string>("reason"),
        given.FindValue<RevocationWait>("waitFor"), given.Get<int>("waitSeconds"), given.Find<string>("idempotencyKey"));
}

internal sealed record CredentialInput(string IdentityId, string GrantId, string? Platform);

/// <summary>Without an idempotency key: a secret is not kept (promise 11), so a repeated call could not be answered with the same one.</summary>
internal sealed class IssueCredentialInputType : DescribedInput<CredentialInput>
{
    public IssueCredentialInputType()
        : base("IssueCredentialInput", "A credential to use a grant with.")
    {
        Take("identityId", Of.Text, "Whose it is.");
        Take("grantId", Of.Text, "Which of its grants.");
        Take("platform", Of.Maybe<StringGraphType>(), "For which platform; may be left out when the grant is about one only.");
    }

    protected override CredentialInput Parse(Given given) =>
        new(given.Get<string>("identityId"), given.Get<string>("grantId"), given.Find<string>("platform"));
}
