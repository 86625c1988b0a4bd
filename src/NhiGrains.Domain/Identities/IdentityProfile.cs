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
    IReadOnlyList<Binding> Bindings);
