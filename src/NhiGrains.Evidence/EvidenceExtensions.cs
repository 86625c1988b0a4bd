using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.Contracts.Evidence;

namespace NhiGrains.Evidence;

public static partial class EvidenceExtensions
{
    /// <summary>Believes what these trusts vouch for, and nothing else; with none, all evidence is refused.</summary>
    /// <exception cref="ArgumentException">One of them is configured wrongly, or two have the same name.</exception>
    public static IServiceCollection AddNhiEvidence(this IServiceCollection services, IReadOnlyList<EvidenceTrust> trusts)
    {
        foreach (var trust in trusts)
        {
            if (!Names().IsMatch(trust.Name))
                throw new ArgumentException($"'{trust.Name}' is no name for a trust: it has 1 to 63 lower-case letters, digits and '-'.", nameof(trusts));
            if (trust.Problems().FirstOrDefault() is { } problem)
                throw new ArgumentException($"The trust '{trust.Name}' is not complete: {problem}.", nameof(trusts));
        }

        if (trusts.GroupBy(trust => trust.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"There are two trusts '{twice.Key}'.", nameof(trusts));
        // Now, so that a file that cannot be used stops the start, and not the first request.
        var verifiers = trusts.Select(trust => trust.Prepare()).ToArray();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IEvidenceVerification>(provider => new EvidenceVerification([.. verifiers.Select(verifier => verifier(provider))]));
        return services;
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
