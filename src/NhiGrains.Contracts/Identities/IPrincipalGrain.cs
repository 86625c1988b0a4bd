namespace NhiGrains.Contracts.Identities;

/// <summary>
/// Which identity a principal is bound to; the key is <c>platform|principal</c>. At most one: two identities that enforce on
/// the same principal would each take away what the other gives. A claim comes before the identity is stored, so one alone
/// does not say that its identity exists: ask that, too.
/// </summary>
[Alias("nhi.principal")]
public interface IPrincipalGrain : IGrainWithStringKey
{
    /// <summary>Claims the principal for an identity unless another has claimed it. Durable when it returns.</summary>
    /// <returns>The claim that holds now.</returns>
    [Alias("claim")]
    Task<PrincipalClaim> Claim(string identityId);

    /// <summary>Claims the principal in place of an identity that is not bound to it, unless that has claimed it anew meanwhile.</summary>
    /// <returns>The claim that holds now.</returns>
    [Alias("take-over")]
    Task<PrincipalClaim> TakeOver(PrincipalClaim abandoned, string identityId);

    /// <summary>Gives up a claim that led to nothing, unless the identity has claimed the principal anew meanwhile.</summary>
    [Alias("undo")]
    Task Undo(PrincipalClaim claim);

    /// <summary>Unbinds the principal if it is bound to this identity.</summary>
    [Alias("release")]
    Task Release(string identityId);

    /// <summary>The identity that has claimed it; null when none has.</summary>
    [Alias("owner")]
    Task<string?> Owner();
}

/// <param name="Owner">The identity.</param>
/// <param name="Stamp">Grows with every claim of the principal.</param>
public sealed record PrincipalClaim(string Owner, long Stamp);

public static class PrincipalKeys
{
    public static string Of(string platform, string principal) => $"{platform}|{principal}";
}
