using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Probing;

/// <summary>One question to Policy Troubleshooter, and the answer that is expected.</summary>
/// <param name="Name">Null for a permission that is checked on what holds the resources.</param>
internal sealed record Question(CatalogueType Type, string Container, string? Name, string Permission, DateTimeOffset At, bool Expected, string Why)
{
    private ResourceSelector Selector => new(Type.Type, Container, ResourceMatch.Exact, Name);

    /// <summary>What has the policies that decide, the nearest first.</summary>
    public IReadOnlyList<Place> Places(GcpPlatformOptions options) =>
        Type.PolicyOf == PolicyOf.Container ? [Place.Bucket(Container), Place.Project(options.ProjectId)]
        : Name is null ? [Place.Project(options.ProjectId)]
        : [new(Catalogue.KindOf(Type.PolicyOf), Scope.NameOf(Selector, Type, options)), Place.Project(options.ProjectId)];

    public AccessTuple Tuple(AccountEmail account, GcpPlatformOptions options)
    {
        var holder = Places(options)[0];
        var name = Name is null ? holder.Name : Scope.NameOf(Selector, Type, options);
        return new()
        {
            Principal = account.Email,
            FullResourceName = Place.FullNameOf(holder.Kind, name),
            Permission = Permission,
            ConditionContext = new()
            {
                Request = new() { ReceiveTime = Canonical.Instant(At) },
                Resource = Name is null || Type.ResourceName is null ? null : new()
                {
                    Service = Type.ResourceType?.Split('/')[0],
                    Type = Type.ResourceType,
                    Name = name.Replace($"projects/{options.ProjectId}/", $"projects/{options.ProjectNumber ?? options.ProjectId}/", StringComparison.Ordinal),
                },
            },
        };
    }

    public override string ToString() =>
        $"{Permission} {(Name is null ? $"on what holds each '{Type.Type}'" : $"of {Type.Type} '{Name}'")}{(Container.Length == 0 ? "" : $" in {Container}")} ({Why})";
}
