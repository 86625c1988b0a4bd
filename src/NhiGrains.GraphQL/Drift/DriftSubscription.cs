using GraphQL.Types;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

internal static class DriftSubscriptions
{
    public const string Action = "drift.detected";

    public static void AddTo(ObjectGraphType root) => root.Subscription<DriftEventType, DriftEventFilterType, DriftEventFilter>(
        "driftDetected", "Differences between what is wanted and what is on a platform, as they are found.", Wants, filter => filter.IdentityId);

    public static bool Wants(AuditEvent change, DriftEventFilter filter) =>
        change.Action == Action
        && (filter.IdentityId is null || change.Details.GetValueOrDefault("identity") == filter.IdentityId)
        && (filter.Platform is null || change.Details.GetValueOrDefault("platform") == filter.Platform)
        && (filter.Kinds is null || (Enum.TryParse<DifferenceKind>(change.Details.GetValueOrDefault("kind"), ignoreCase: true, out var kind) && filter.Kinds.Contains(kind)));
}

internal sealed record DriftEventFilter(string? IdentityId, string? Platform, IReadOnlyList<DifferenceKind>? Kinds)
{
    public DriftEventFilter()
        : this(null, null, null)
    {
    }
}

internal sealed class DriftEventFilterType : DescribedInput<DriftEventFilter>
{
    public DriftEventFilterType()
        : base("DriftEventFilter", "Which differences: those that match every member that is given.")
    {
        Take("identityId", Of.Maybe<StringGraphType>(), "Of this identity.");
        Take("platform", Of.Maybe<StringGraphType>(), "On this platform.");
        Take("kinds", Of.MaybeMany<DriftKindType>(), "Of these kinds.");
    }

    protected override DriftEventFilter Parse(Given given) =>
        new(given.Find<string>("identityId"), given.Find<string>("platform"), given.FindList<DifferenceKind>("kinds"));
}

internal sealed class DriftEventType : FeedEventType
{
    public DriftEventType()
        : base("DriftEvent", "A difference that was found.")
    {
        Show("driftId", Of.Maybe<StringGraphType>(), "The digest of the difference. Pass it to 'resolveDrift'.", change => Detail(change, "drift"));
        Show("kind", Of.Maybe<DriftKindType>(), "How desired and observed differ.", change => DetailAs<DifferenceKind>(change, "kind"));
        Show("platform", Of.Maybe<StringGraphType>(), "Where.", change => Detail(change, "platform"));
        Show("identityId", Of.Maybe<StringGraphType>(), "Whose; null for UNMANAGED.", change => Detail(change, "identity"));
        Show("identity", Of.Maybe<IdentityType>(), "Whose, as it is now; null for UNMANAGED.",
            (change, context) => Detail(change, "identity") is { } id ? context.Loaders().Identities.Later(id, view => view) : null);
        Show("principal", Of.Maybe<StringGraphType>(), "The platform's name of the principal.", change => Detail(change, "principal"));
        Show("objectKind", Of.Maybe<StringGraphType>(), "The platform's word for the object, for example 'RoleBinding'.", change => Detail(change, "objectKind"));
        Show("key", Of.Maybe<StringGraphType>(), "Its name on the platform.", change => Detail(change, "key"));
        Show("ownership", Of.Maybe<OwnershipType>(), "Whose it is.", change => DetailAs<Ownership>(change, "ownership"));
        Show("desired", Of.Maybe<StringGraphType>(), "What should be there, in canonical form.", change => Detail(change, "desired"));
        Show("observed", Of.Maybe<StringGraphType>(), "What is there, in canonical form.", change => Detail(change, "observed"));
    }
}
