using NhiGrains.Contracts.Enforcement;

namespace NhiGrains.Contracts.Audit;

/// <summary>What the sources of the log's events are called. They are stored: they never change.</summary>
public static class AuditSources
{
    private const string Identity = "identity/";
    private const string Enforcement = "enforcement/";

    public static string OfIdentity(string identityId) => Identity + identityId;

    public static string OfEnforcement(string platform, string identityId) => Enforcement + EnforcementKeys.Of(platform, identityId);

    public static string OfPlatform(string platform) => "platform/" + platform;

    public static string OfPolicySet(string name) => "policy-set/" + name;

    public static string OfDirectory(string name) => "directory/" + name;

    public static string OfPolicyVersion(string version) => "policy-version/" + version;

    /// <summary>The identity that a source is; null when it is something else.</summary>
    public static string? IdentityIn(string source) => source.StartsWith(Identity, StringComparison.Ordinal) ? source[Identity.Length..] : null;

    /// <summary>Whether a source is an identity, or its enforcement on some platform.</summary>
    public static bool IsAbout(string source, string identityId) =>
        IdentityIn(source) == identityId
        || (source.StartsWith(Enforcement, StringComparison.Ordinal) && source.EndsWith($"|{identityId}", StringComparison.Ordinal));
}
