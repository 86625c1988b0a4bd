using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Drift;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Risk;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Identities;

internal static class IdentityQueries
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Field("identity", Of.Maybe<IdentityType>())
            .Description("One identity; null when there is none.")
            .Argument(Of.Id, "id", argument => argument.Description = "The id that it was registered with, or its global id.")
            .For(Role.Anyone, own: IdOf)
            .Resolve(context => Names.CheckIdentityId(IdOf(context)) is null ? context.Loaders().Identities.Later(IdOf(context), view => view) : null);
        root.Field("identities", Of.One<ConnectionType<IdentityType, IdentityView>>())
            .Description("Identities, searched, filtered and sorted. The list follows changes within moments.")
            .Argument(Of.Maybe<IdentityFilterType>(), "filter", argument => argument.Description = "Which ones; all when left out.")
            .Argument(Of.Maybe<IdentityOrderType>(), "orderBy", argument => argument.Description = "In which order; by id when left out.")
            .Paged()
            .For(Role.Anyone)
            .ResolveAsync(async context => await IdentityPages.ReadAsync(context));
    }

    private static string IdOf(IResolveFieldContext context) => NodeIds.Identity(context.GetArgument<string>("id"));
}

internal sealed record IdentityOrder(CatalogOrder By, bool Descending);

internal sealed class IdentityOrderFieldType() : DescribedEnum<CatalogOrder>("IdentityOrderField", "What identities are sorted by; equals are sorted by id.",
    (CatalogOrder.Id, "The id."),
    (CatalogOrder.Environment, "The environment."),
    (CatalogOrder.OwnerTeam, "The owning team."),
    (CatalogOrder.NextExpiry, "The earliest end of an active grant; identities without one come last."));

internal sealed class IdentityOrderType : DescribedInput<IdentityOrder>
{
    public IdentityOrderType()
        : base("IdentityOrder", "An order of identities.")
    {
        Take("field", Of.One<IdentityOrderFieldType>(), "What to sort by.", CatalogOrder.Id);
        Take("descending", Of.Bool, "Whether the last comes first.", false);
    }

    protected override IdentityOrder Parse(Given given) => new(given.Get<CatalogOrder>("field"), given.Get<bool>("descending"));
}

internal sealed class IdentityFilterType : DescribedInput<CatalogFilter>
{
    public IdentityFilterType()
        : base("IdentityFilter", "Which identities: those that match every member that is given.")
    {
        Take("kind", Of.Maybe<IdentityKindType>(), "Of this kind.");
        Take("status", Of.Maybe<IdentityStatusType>(), "In this status.");
        Take("environment", Of.Maybe<StringGraphType>(), "In this environment.");
        Take("ownerTeam", Of.Maybe<StringGraphType>(), "Owned by this team.");
        Take("platform", Of.Maybe<StringGraphType>(), "Bound on this platform.");
        Take("principal", Of.Maybe<StringGraphType>(), "Bound to this principal, on any platform.");
        Take("enforcement", Of.Maybe<EnforcementStatusType>(), "With this enforcement status, on any platform.");
        Take("grant", Of.Maybe<GrantStatusType>(), "With a grant in this status.");
        Take("riskAtLeast", Of.Maybe<RiskSeverityType>(), "With a risk signal of this severity, or a worse one, that is not over and was not cleared.");
        Take("idContains", Of.Maybe<StringGraphType>(), "Whose id contains this.");
        Take("ownerPerson", Of.Maybe<StringGraphType>(), "Owned by this person.");
        Take("unreviewed", Of.Maybe<BooleanGraphType>(), "Whether emergency access of it is still to be reviewed.");
        Take("orphaned", Of.Maybe<BooleanGraphType>(), "Whether its owner has departed and nobody has taken it over: a list that should be empty.");
    }

    protected override CatalogFilter Parse(Given given) => new(
        given.FindValue<IdentityKind>("kind"),
        given.FindValue<IdentityStatus>("status"),
        given.Find<string>("environment"),
        given.Find<string>("ownerTeam"),
        given.Find<string>("platform"),
        given.FindValue<EnforcementStatus>("enforcement"),
        given.FindValue<GrantStatus>("grant"),
        given.Find<string>("idContains"),
        given.Find<string>("principal"),
        OwnerPerson: given.Find<string>("ownerPerson"),
        Orphaned: given.FindValue<bool>("orphaned"))
    {
        Unreviewed = given.FindValue<bool>("unreviewed"),
        RiskAtLeast = given.FindValue<RiskSeverity>("riskAtLeast"),
    };
}
