using GraphQL;
using GraphQL.Types;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

internal static class DriftQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("drift", Of.One<ConnectionType<DriftType, DriftNode>>())
        .Description("Differences between what is wanted and what was observed last, by identity and platform; then unmanaged principals, of each platform the first 1,000.")
        .Argument(Of.Maybe<DriftFilterType>(), "filter", argument => argument.Description = "Which ones; all when left out.")
        .Paged()
        .For(Role.Anyone, own: context => context.GetArgument<DriftFilter?>("filter")?.IdentityId)
        .ResolveAsync(async context => await DriftPages.ReadAsync(context));
}

internal sealed record DriftFilter(string? IdentityId = null, string? Platform = null)
{
    public bool NamesPlatform(string platform) => Platform is null || Platform == platform;

    /// <summary>Nothing can match an id that no identity can have.</summary>
    public bool IsPossible => IdentityId is null || Names.CheckIdentityId(IdentityId) is null;
}

internal sealed class DriftFilterType : DescribedInput<DriftFilter>
{
    public DriftFilterType()
        : base("DriftFilter", "Which differences: those that match every member that is given.")
    {
        Take("identityId", Of.Maybe<StringGraphType>(), "Of this identity; leaves out what is unmanaged.");
        Take("platform", Of.Maybe<StringGraphType>(), "On this platform.");
    }

    protected override DriftFilter Parse(Given given) => new(given.Find<string>("identityId"), given.Find<string>("platform"));
}
