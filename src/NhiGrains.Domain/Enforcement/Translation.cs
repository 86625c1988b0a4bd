using System.Text.Json.Serialization;

namespace NhiGrains.Domain.Enforcement;

/// <summary>How faithfully a platform says what an entitlement means (promise 5). Never wider.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fidelity")]
[JsonDerivedType(typeof(Exact), "Exact")]
[JsonDerivedType(typeof(Narrower), "Narrower")]
[JsonDerivedType(typeof(ControllerEnforced), "ControllerEnforced")]
[JsonDerivedType(typeof(Refused), "Refused")]
public abstract record Fidelity
{
    private Fidelity()
    {
    }

    public sealed record Exact : Fidelity;

    public sealed record Narrower(IReadOnlyList<string> Differences) : Fidelity;

    /// <summary>The platform keeps no end time: between the end and the clean-up access is broader than asked.</summary>
    public sealed record ControllerEnforced(IReadOnlyList<string> Obligations, TimeSpan WorstCaseLag) : Fidelity;

    public sealed record Refused(Refusal Why) : Fidelity;
}

/// <summary>What has to be on the platform, and how faithful it is. Nothing when it was refused.</summary>
public sealed record Translation(Fidelity Fidelity, IReadOnlyList<NativeObject> Objects)
{
    /// <summary>The digest of the objects in their canonical order: equal digests need no comparison in detail.</summary>
    [JsonIgnore]
    public string Digest => DigestOf(Objects);

    public static string DigestOf(IEnumerable<NativeObject> objects) =>
        Canonical.Digest(objects.OrderBy(o => o.Kind, StringComparer.Ordinal).ThenBy(o => o.Key, StringComparer.Ordinal).ToArray());
}
