using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence;

/// <summary>Somebody whose word counts, and for what: the configuration of one verifier. Checked when it is added.</summary>
public abstract record EvidenceTrust
{
    /// <summary>How policies, requesters and the audit call it: 1 to 63 lower-case letters, digits and '-'. Unique.</summary>
    public required string Name { get; init; }

    public abstract EvidenceKind Kind { get; }

    /// <summary>What is wrong with it, a sentence each that names the setting.</summary>
    internal abstract IEnumerable<string> Problems();

    /// <summary>Reads the files that it names, and makes its verifier later.</summary>
    /// <exception cref="ArgumentException">One of them cannot be used.</exception>
    internal abstract Func<IServiceProvider, IEvidenceVerifier> Prepare();
}

/// <summary>What tokens have in common.</summary>
public abstract record TokenTrust : EvidenceTrust
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
