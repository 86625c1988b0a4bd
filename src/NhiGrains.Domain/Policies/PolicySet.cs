using System.Text.Json.Serialization;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Policies;

/// <summary>Rules and what they know of resources, as one version.</summary>
public sealed record PolicySet(string Name, IReadOnlyList<PolicyRule> Rules)
{
    /// <summary>Denies everything: what is in force before a set was loaded.</summary>
    public static PolicySet Empty { get; } = new("empty", []);

    /// <summary>Who may put another set in force; null: every administrator.</summary>
    public PolicyAdministrators? Administrators { get; init; }

    /// <summary>What is done at once when something is noticed about an identity; the first that matches counts.</summary>
    public IReadOnlyList<RiskResponse> RiskResponses { get; init; } = [];

    public IReadOnlyList<CatalogueApplication> Applications { get; init; } = [];

    public IReadOnlyList<CatalogueEntry> Resources { get; init; } = [];

    /// <summary>The digest of the content: equal sets have equal versions.</summary>
    [JsonIgnore]
    public string Version => Canonical.Digest(this)[..32];

    /// <summary>The version of the set whose canonical text this is, be it that of another release.</summary>
    public static string VersionOf(string text) => Canonical.DigestOfText(text)[..32];
}

/// <summary>What resources belong to.</summary>
/// <param name="Owner">Null when nobody is named.</param>
public sealed record CatalogueApplication(string Name, Owner? Owner, string? Environment, Sensitivity? Sensitivity);

/// <summary>Resources with the same beginning. What is null is that of the application, or else of the next shorter entry.</summary>
/// <param name="Platform">Null for every platform.</param>
/// <param name="Prefix">The beginning of <c>container/type/name</c>, up to a separator. Of several the longest counts.</param>
/// <param name="Application">The name of one of the set's.</param>
public sealed record CatalogueEntry(
    string? Platform, string Prefix, string? Application = null, Owner? Owner = null, string? Environment = null, Sensitivity? Sensitivity = null);
