using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>Where a decision came from.</summary>
internal enum PolicyKind
{
    Identity,
    Boundary,
    Session,
    Resource,
}

/// <summary>A statement that decided, in its policy.</summary>
internal sealed record MatchedStatement(NamedPolicy Policy, Statement Statement);

/// <summary>What was decided on one request.</summary>
/// <param name="Denied">Null when it is allowed; otherwise the kind of policy that denied it, or did not allow it.</param>
/// <param name="Explicitly">A statement says no, which nothing overrides.</param>
internal sealed record Decision(PolicyKind? Denied, bool Explicitly, ImmutableArray<MatchedStatement> Because)
{
    public bool IsAllowed => Denied is null;

    /// <summary>As the policy simulator says it.</summary>
    public string Word => IsAllowed ? "allowed" : Explicitly ? "explicitDeny" : "implicitDeny";

    public static Decision Allow(ImmutableArray<MatchedStatement> because) => new(null, false, because);

    public static Decision Deny(PolicyKind by, ImmutableArray<MatchedStatement> because) => new(by, true, because);

    public static Decision NotAllowed(PolicyKind by) => new(by, false, []);

    /// <summary>In AWS's words for a refused request.</summary>
    public string Explain(string principal, string action, string resource)
    {
        var kind = Denied switch
        {
            PolicyKind.Boundary => "permissions boundary",
            PolicyKind.Session => "session policy",
            PolicyKind.Resource => "resource-based policy",
            _ => "identity-based policy",
        };
        var why = Explicitly
            ? $"with an explicit deny in {(Denied == PolicyKind.Identity ? "an" : "a")} {kind}"
            : $"because no {kind} allows the {action} action";
        return $"User: {principal} is not authorized to perform: {action} on resource: {resource} {why}";
    }
}
