using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>The policy that takes everything from the sessions of ended grants and from nobody else.</summary>
internal static class SessionPolicies
{
    private const string UserId = "aws:userid";

    /// <summary>What one session takes: its name with its role's id, quotation marks and a comma.</summary>
    public const int LengthOfOne = 62;

    /// <summary>What a policy takes beside its sessions at most.</summary>
    public const int LengthOfFrame = 250;

    /// <summary>
    /// By their name alone, which no session has that is made afterwards: a bound on <c>aws:TokenIssueTime</c> would hold our clock against
    /// AWS's, and one that another process makes at the same moment can be issued after any time that we know.
    /// </summary>
    public static string Document(string id, string roleId, IEnumerable<string> sessionNames) => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Id"] = id,
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Effect"] = "Deny",
            ["Action"] = "*",
            ["Resource"] = "*",
            ["Condition"] = new JsonObject
            {
                ["StringEquals"] = new JsonObject { [UserId] = new JsonArray([.. sessionNames.Select(name => (JsonNode?)JsonValue.Create($"{roleId}:{name}"))]) },
            },
        }),
    }.ToJsonString();

    /// <summary>Whether a document does that for the role, and nothing more.</summary>
    public static bool IsOne(string document, string roleId)
    {
        try
        {
            // A single one may be said without a list.
            var canonical = PolicyText.Canonical(document);
            var sessions = PolicyText.Parse(canonical)["Statement"] is JsonArray { Count: 1 } statements && statements[0]?["Condition"]?["StringEquals"]?[UserId] is JsonArray { Count: > 0 } all
                ? all.Select(session => session?.GetValue<string>() ?? "").ToArray()
                : [];
            return sessions.Length > 0
                && Array.TrueForAll(sessions, session => session.StartsWith(roleId + ":", StringComparison.Ordinal))
                && canonical == PolicyText.Canonical(Document("", roleId, sessions.Select(session => session[(roleId.Length + 1)..])));
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
