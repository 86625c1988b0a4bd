using System.Text.Json.Nodes;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>
/// Puts statements into one inline policy. AWS's limit is on all inline policies of a principal together, so more of them
/// would hold no more.
/// </summary>
internal static class Packing
{
    public const string Kind = "InlinePolicy";

    /// <summary>Of all inline policies of a role together, white space left out.</summary>
    public const int LimitOfRole = 10_240;

    /// <summary>
    /// Kept free for the policies that end sessions: as many sessions as there can be grants that have some (<c>GrantTag.Most</c>), in three
    /// policies.
    /// </summary>
    public const int ForEnded = 3_600;

    /// <summary>Kept free for the marker in the policy itself.</summary>
    private const int ForMarker = 120;

    private static readonly PrincipalKindText Role = new("role", LimitOfRole);
    private static readonly PrincipalKindText User = new("user", 2_048);

    public static string KeyOf(PrincipalName principal, string policyName) => $"{principal}/{policyName}";

    public static Result<IReadOnlyList<NativeObject>> Pack(IEnumerable<Statement> statements, string identityId, PrincipalName principal)
    {
        var all = statements
            .Select(statement => statement.ToJson())
            .DistinctBy(statement => statement.ToJsonString(), StringComparer.Ordinal)
            .ToArray();
        if (all.Length == 0)
            return Result<IReadOnlyList<NativeObject>>.Ok([]);
        var body = PolicyText.Canonical(new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(all) }.ToJsonString());
        // Users have keys in place of sessions.
        var (kind, free) = principal.Kind == PrincipalKind.Role ? (Role, Role.Limit - ForEnded - ForMarker) : (User, User.Limit - ForMarker);
        return body.Length > free
            ? Refusals.TooLarge(body.Length, free, kind)
            : Result<IReadOnlyList<NativeObject>>.Ok([new(Kind, KeyOf(principal, Marker.PolicyName(identityId, 1)), body)]);
    }
}
