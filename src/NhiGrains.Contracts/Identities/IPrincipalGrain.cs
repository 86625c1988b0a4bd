namespace NhiGrains.Contracts.Identities;

/// <summary>
/// Which identity a principal is bound to; the key is <c>platform|principal</c>. At most one: two identities that enforce on
/// the same principal would each take away what the other gives.
/// </summary>
[Alias("nhi.principal")]
public interface IPrincipalGrain : IGrainWithStringKey
{
    /// <summary>Binds the principal to an identity unless it is bound to another. Durable when it returns.</summary>
    /// <returns>The identity that it is bound to now.</returns>
    [Alias("claim")]
    Task<string> Claim(string identityId);

    /// <summary>Unbinds the principal if it is bound to this identity.</summary>
    [Alias("release")]
    Task Release(string identityId);

    /// <summary>Null when no identity is bound to it.</summary>
    [Alias("owner")]
    Task<string?> Owner();
}

public static class PrincipalKeys
{
    public static string Of(string platform, string principal) => $"{platform}|{principal}";
}
