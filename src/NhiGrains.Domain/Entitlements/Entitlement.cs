namespace NhiGrains.Domain.Entitlements;

/// <summary>What may be done with a resource: a closed set without 'all' and without 'admin'.</summary>
public enum Verb
{
    List,
    Read,
    Write,
    Delete,
    Invoke,
    UseCredential,
}

public enum ResourceMatch
{
    /// <summary>One resource, by its name.</summary>
    Exact,

    /// <summary>Every resource whose name starts with a prefix that ends at a separator: 'team-a/' never matches 'team-ab'.</summary>
    Prefix,

    /// <summary>Every resource of the type in the container.</summary>
    All,
}

/// <summary>A typed path from its container down.</summary>
/// <param name="Type">A resource type of the platform's catalogue, for example <c>configmaps</c>.</param>
/// <param name="Container">What holds it, for example a Kubernetes namespace; empty for the platform itself.</param>
/// <param name="Name">The name or the prefix; null exactly when <paramref name="Match"/> is All.</param>
public sealed record ResourceSelector(string Type, string Container, ResourceMatch Match, string? Name)
{
    public override string ToString() => $"{Container}/{Type}/{Match switch
    {
        ResourceMatch.All => "(all)",
        ResourceMatch.Prefix => Name + "(prefix)",
        _ => Name,
    }}";
}

/// <summary>A conjunction. A condition that a platform cannot say is refused, never dropped.</summary>
public sealed record Conditions(
    DateTimeOffset? NotBefore = null,
    DateTimeOffset? NotAfter = null,
    IReadOnlyList<string>? SourceCidrs = null,
    IReadOnlyDictionary<string, string>? ResourceTagEquals = null)
{
    public static Conditions None { get; } = new();
}

/// <summary>What may be done on one platform: verbs on resources under conditions, platform-neutral.</summary>
/// <param name="NativeActions">The way out of the verbs: the platform's own actions, audited as such.</param>
public sealed record Entitlement(
    string Platform,
    IReadOnlyList<Verb> Verbs,
    IReadOnlyList<ResourceSelector> Resources,
    Conditions Conditions,
    IReadOnlyList<string>? NativeActions = null);
