namespace NhiGrains.Evidence.Keys;

/// <summary>How long published keys are believed. The defaults suit issuers that publish a new key before they use it.</summary>
public sealed record KeyCacheOptions
{
    /// <summary>Keys are fetched again after this: 1 minute to 1 day. Default: 1 hour.</summary>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A key that is not known has them fetched again, at most this often: 1 second to 1 hour. Default: 30 seconds. An issuer that fails is
    /// asked again after 5 seconds, and after twice as long each time, up to this.
    /// </summary>
    public TimeSpan RefetchAtMostEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// While their issuer does not answer, keys are believed until they are this old: from <see cref="RefreshAfter"/> to 7 days. Default: 1 day.
    /// A key that the issuer has withdrawn could be believed for as long.
    /// </summary>
    public TimeSpan StaleUntil { get; init; } = TimeSpan.FromDays(1);

    internal IEnumerable<string> Problems()
    {
        if (RefreshAfter < TimeSpan.FromMinutes(1) || RefreshAfter > TimeSpan.FromDays(1))
            yield return "'refreshKeysAfter' is from 1m to 1d";
        if (RefetchAtMostEvery < TimeSpan.FromSeconds(1) || RefetchAtMostEvery > TimeSpan.FromHours(1))
            yield return "'refetchKeysEvery' is from 1s to 1h";
        if (StaleUntil < RefreshAfter || StaleUntil > TimeSpan.FromDays(7))
            yield return "'staleKeysFor' is from 'refreshKeysAfter' to 7d";
    }
}
