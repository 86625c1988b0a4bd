namespace NhiGrains.Domain.Identities;

public enum IdentityKind
{
    ServiceAccount,
    WorkloadIdentity,
    ApiKey,
    Certificate,
    Bot,
    AiAgent,
}

public enum IdentityStatus
{
    Active,
    Suspended,
    Offboarding,
    Retired,
}

/// <summary>Who is accountable (promise 12): a person, and the team that inherits when the person leaves.</summary>
public sealed record Owner(string Person, string Team);

/// <summary>Which principal an identity is on a platform.</summary>
/// <param name="Platform">For example <c>k8s:staging</c>.</param>
/// <param name="Principal">The platform's name of the principal; for Kubernetes <c>namespace/serviceaccount</c>.</param>
/// <param name="NativeId">The platform's immutable id, known once it was observed. A name alone can be re-used by somebody else.</param>
/// <param name="CreateIfMissing">Whether enforcement may create the principal; otherwise it has to exist.</param>
public sealed record Binding(string Platform, string Principal, string? NativeId = null, bool CreateIfMissing = false);

/// <summary>What is said about an identity when it is registered or updated.</summary>
public sealed record IdentityProfile(
    IdentityKind Kind,
    Owner Owner,
    string Environment,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<Binding> Bindings)
{
    /// <summary>Of everything that policy can look at and approvers agree to. Of principals policy knows nothing.</summary>
    public string DigestOfWhatIsSaid() => Canonical.Digest(new
    {
        Kind,
        Owner,
        Environment,
        Tags = new SortedDictionary<string, string>(Tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
    });

    public IdentityProfile With(ProfileChanges changes) => this with
    {
        Kind = changes.Kind ?? Kind,
        Environment = changes.Environment ?? Environment,
        Tags = changes.Tags ?? Tags,
        Bindings = changes.Bindings ?? Bindings,
    };
}

/// <summary>What is to be different about a profile: null stays as it is. The owner changes apart.</summary>
/// <param name="Tags">All of them, in place of those that it has.</param>
/// <param name="Bindings">All of them: those that it has, and new ones.</param>
public sealed record ProfileChanges(
    IdentityKind? Kind = null,
    string? Environment = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    IReadOnlyList<Binding>? Bindings = null);
