namespace NhiGrains.Domain.Enforcement;

/// <summary>One object of a platform in canonical form, for example a Role or an inline policy.</summary>
/// <param name="Kind">The platform's word, for example <c>RoleBinding</c>.</param>
/// <param name="Key">Unique with the kind on the platform, for example <c>shop/nhi-billing</c>.</param>
/// <param name="Body">What gives access, in a text form that is equal exactly when the meaning is.</param>
public sealed record NativeObject(string Kind, string Key, string Body);

public enum Ownership
{
    /// <summary>Carries our marker for this identity.</summary>
    Ours,

    /// <summary>Concerns the principal, without our marker (promise 6).</summary>
    Foreign,

    /// <summary>Reaches the principal through something wider: a group, PUBLIC, a cluster-wide binding.</summary>
    Inherited,
}

/// <summary>An object as it was read back.</summary>
/// <param name="Generation">The generation of the desired state that wrote it, from its marker; null when it is not ours.</param>
public sealed record ObservedObject(NativeObject Object, Ownership Ownership, long? Generation = null)
{
    /// <summary>
    /// It is what the platform itself makes for its own parts, in a form that nobody can give to something else. Only then are
    /// principals that nobody is bound to taken for the platform's own.
    /// </summary>
    public bool BuiltIn { get; init; }
}

/// <summary>What was read back for one principal. A read that failed or was partial is no observation (promise 8).</summary>
/// <param name="PrincipalNativeId">The immutable id; null when the principal does not exist.</param>
public sealed record Observation(
    string Platform,
    string Principal,
    string? PrincipalNativeId,
    IReadOnlyList<ObservedObject> Objects,
    DateTimeOffset ObservedAt)
{
    /// <summary>What <see cref="OwnDigest"/> says when the principal has nothing of its own, or is not there.</summary>
    public const string NothingOwn = "nothing";

    /// <summary>
    /// Of who the principal is and what it has of its own: observations with the same digest need no look. What is inherited is
    /// nobody's drift and not in it, and neither is by which generation something was written.
    /// </summary>
    public string OwnDigest()
    {
        var own = Objects.Where(seen => seen.Ownership != Ownership.Inherited).ToArray();
        return own.Length == 0 ? NothingOwn : Canonical.Digest(new
        {
            PrincipalNativeId,
            Objects = own
                .OrderBy(seen => seen.Object.Kind, StringComparer.Ordinal).ThenBy(seen => seen.Object.Key, StringComparer.Ordinal)
                .Select(seen => new { seen.Object, seen.Ownership }).ToArray(),
        });
    }
}

/// <summary>What an identity is to have on a platform at one moment.</summary>
/// <param name="Generation">Grows with every change of the identity; fences writers that are behind.</param>
/// <param name="PrincipalWanted">Whether the principal itself is to exist.</param>
/// <param name="Entitlements">The union of the intent and the live grants, in normal form (promise 4).</param>
/// <param name="EndingCredentials">Grants whose credentials have to stop working now.</param>
public sealed record DesiredState(
    string IdentityId,
    string Platform,
    Identities.Binding Binding,
    long Generation,
    bool PrincipalWanted,
    IReadOnlyList<DesiredEntitlement> Entitlements,
    IReadOnlyList<string> EndingCredentials)
{
    /// <summary>
    /// Of what is wanted, without when it was decided: equal digests need no work. Credentials that are to end are left out,
    /// since an end that was confirmed takes one off the list and asks for nothing.
    /// </summary>
    public string AccessDigest() => Canonical.Digest(new { Binding.Principal, Binding.CreateIfMissing, PrincipalWanted, Entitlements });

    /// <summary>
    /// What grants that are being revoked gave: probes ask 'no' for what the union no longer holds of it. Not part of what
    /// is applied.
    /// </summary>
    public IReadOnlyList<Entitlements.Entitlement> EndedEntitlements { get; init; } = [];
}

/// <summary>An entitlement, why it is wanted (the grant's id, or <c>intent</c>), and when that ends.</summary>
public sealed record DesiredEntitlement(Entitlements.Entitlement Entitlement, string Source, DateTimeOffset? EndsAt);

public static class EnforcementStatuses
{
    /// <summary>Whether there are differences that nobody has settled.</summary>
    public static bool Differs(this EnforcementStatus status) => status is EnforcementStatus.Drifted or EnforcementStatus.ManualActionRequired;
}

public enum EnforcementStatus
{
    Pending,
    Applied,
    Effective,
    Failed,
    Drifted,
    ManualActionRequired,
    Revoking,
    Revoked,
    Unknown,
}
