namespace NhiGrains.Evidence;

/// <summary>What trusts have in common whose evidence is a token: whoever holds it can show it.</summary>
public abstract record BearerTrust : EvidenceTrust
{
    /// <summary>A token has to name one of these as its audience, so that one meant for somebody else is not good here. At least one.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Tokens that are good for longer are refused: 1 minute to 1 day. Default: 1 hour.</summary>
    public TimeSpan MaxLife { get; init; } = TimeSpan.FromHours(1);

    internal override IEnumerable<string> Problems()
    {
        if (Audiences.Count == 0 || Audiences.Any(string.IsNullOrWhiteSpace))
            yield return "it needs an audience ('audiences')";
        if (MaxLife < TimeSpan.FromMinutes(1) || MaxLife > TimeSpan.FromDays(1))
            yield return "'maxLife' is from 1m to 1d";
    }
}
