using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Catalog;

internal static class CatalogFilters
{
    public static bool Matches(CatalogFilter filter, CatalogRow row) =>
        (filter.Kind is null || row.Kind == filter.Kind)
        && (filter.Status is null || row.Status == filter.Status)
        && (filter.Environment is null || row.Environment == filter.Environment)
        && (filter.OwnerTeam is null || row.OwnerTeam == filter.OwnerTeam)
        && (filter.Platform is null || row.Platforms.Any(platform => platform.Platform == filter.Platform))
        && (filter.Enforcement is null || row.Platforms.Any(platform => platform.Status == filter.Enforcement))
        && (filter.Differs is null || row.Platforms.Any(platform => platform.Status.Differs()) == filter.Differs)
        && (filter.Principal is null || row.Platforms.Any(platform => platform.Principal == filter.Principal))
        && (filter.OwnerPerson is null || row.OwnerPerson == filter.OwnerPerson)
        && (filter.Orphaned is null || row.Orphaned is not null == filter.Orphaned)
        && (filter.Grant is null || row.Grants.Any(grant => grant.Status == filter.Grant))
        && (filter.RiskAtLeast is null || row.Risk >= filter.RiskAtLeast)
        && (filter.Unreviewed is null || row.Unreviewed > 0 == filter.Unreviewed)
        && (filter.IdContains is null || row.Id.Contains(filter.IdContains, StringComparison.Ordinal));

    public static bool Matches(CatalogGrantFilter filter, CatalogGrantRow row) =>
        (filter.IdentityId is null || row.IdentityId == filter.IdentityId)
        && (filter.Status is null || row.Grant.Status == filter.Status)
        && (filter.Platform is null || row.Grant.Platforms.Contains(filter.Platform));
}
