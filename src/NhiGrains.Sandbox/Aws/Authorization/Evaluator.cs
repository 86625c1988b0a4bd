using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>
/// Decides within one account as the IAM user guide documents it under 'Policy evaluation logic': a statement that denies wins,
/// wherever it stands; otherwise the identity's policies have to allow, and its boundary, and its session policy.
/// </summary>
internal static class Evaluator
{
    public static Decision Decide(PolicySources sources, string action, string resource, RequestContext context)
    {
        var layers = Layers(sources);
        foreach (var (kind, policies) in layers)
        {
            var denying = Applying(policies, allows: false, action, resource, context);
            if (!denying.IsEmpty)
                return Decision.Deny(kind, denying);
        }

        var because = ImmutableArray<MatchedStatement>.Empty;
        foreach (var (kind, policies) in layers)
        {
            var allowing = Applying(policies, allows: true, action, resource, context);
            if (allowing.IsEmpty)
                return Decision.NotAllowed(kind);
            because = because.AddRange(allowing);
        }

        return Decision.Allow(because);
    }

    /// <summary>The layers that all have to allow, in the order in which AWS asks them.</summary>
    public static ImmutableArray<(PolicyKind Kind, ImmutableArray<NamedPolicy> Policies)> Layers(PolicySources sources)
    {
        ImmutableArray<(PolicyKind, ImmutableArray<NamedPolicy>)> layers = [(PolicyKind.Identity, sources.Identity)];
        if (sources.Boundary is { } boundary)
            layers = layers.Add((PolicyKind.Boundary, [boundary]));
        if (sources.Session is { } session)
            layers = layers.Add((PolicyKind.Session, [session]));
        return layers;
    }

    public static ImmutableArray<MatchedStatement> Applying(
        ImmutableArray<NamedPolicy> policies, bool allows, string action, string resource, RequestContext context) =>
    [
        .. from policy in policies
           from statement in policy.Document.Statements
           where statement.Allows == allows && statement.Applies(policy.Document.HasVariables, action, resource, context)
           select new MatchedStatement(policy, statement),
    ];
}
