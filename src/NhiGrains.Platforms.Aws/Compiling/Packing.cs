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

    /// <summary>Kept free for the policies that end sessions, and for the marker.</summary>
    private const int Reserved = 1_200;

    private static readonly PrincipalKindText Role = new("role", 10_240);
    private static readonly PrincipalKindText User = new("user", 2_048);

    /// <summary>Users have keys in place of sessions, and only the marker beside.</summary>
    private const int ReservedForUser = 120;

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
        var (kind, free) = principal.Kind == PrincipalKind.Role ? (Role, Role.Limit - Reserved) : (User, User.Limit - ReservedForUser);
        return body.Length > free
            ? Refusals.TooLarge(body.Length, free, kind)
            : Result<IReadOnlyList<NativeObject>>.Ok([new(Kind, KeyOf(principal, Marker.PolicyName(identityId, 1)), body)]);
    }
}
