namespace NhiGrains.Domain.BreakGlass;

/// <summary>Somebody was handed a credential: they can be the identity with all that it has until the credential is over.</summary>
/// <param name="GrantId">For which it was handed out; it ends with that.</param>
public sealed record CredentialHolder(string Person, string GrantId)
{
    /// <summary>How long it can linger after a grant that is not shown any more; null for one that is, and for not at all.</summary>
    public DateTimeOffset? Until { get; init; }
}
