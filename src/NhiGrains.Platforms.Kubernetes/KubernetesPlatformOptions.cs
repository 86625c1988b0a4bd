using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms.Kubernetes;

/// <summary>One cluster under control.</summary>
public sealed record KubernetesPlatformOptions
{
    /// <summary>The platform's id, for example <c>k8s:staging</c>. Required.</summary>
    public required string Platform { get; init; }

    /// <summary>The path of a kubeconfig. Null (the default): the one that <c>kubectl</c> would use, or the pod's own account inside a cluster.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context of the kubeconfig. Null (the default): its current one.</summary>
    public string? Context { get; init; }

    /// <summary>How long one request may take, from 1 s to 5 min. Default: 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after its end access lasts at worst while the control plane runs; it is said with each translation.
    /// From 1 s to 1 h. Default: 60 s, which is what NhiGrains keeps when very many end at once.
    /// </summary>
    public TimeSpan ControllerLag { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a token still authenticates after its Secret was deleted, from 1 s to 5 min. Default: 15 s; 8.5 to 10 s
    /// were measured, which is the API server's cache of tokens.
    /// </summary>
    public TimeSpan CredentialEndLag { get; init; } = TimeSpan.FromSeconds(15);

    /// <returns>The first value that is wrong, in a sentence; null when none is.</returns>
    internal string? Problem() =>
        Names.CheckPlatformId(Platform) is { } refusal ? $"Platform: {refusal.Message} {refusal.Remedy}"
        : OptionRanges.Outside(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        ?? OptionRanges.Outside(nameof(ControllerLag), ControllerLag, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        ?? OptionRanges.Outside(nameof(CredentialEndLag), CredentialEndLag, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        ?? (Kubeconfig is null || File.Exists(Kubeconfig) ? null : $"There is no kubeconfig '{Kubeconfig}'. Name a file that exists.");
}
