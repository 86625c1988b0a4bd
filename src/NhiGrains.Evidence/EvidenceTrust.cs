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
