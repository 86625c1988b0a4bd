using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>The policy that takes everything from one grant's sessions and from nobody else.</summary>
internal static class SessionPolicies
{
    private const string UserId = "aws:userid";

    /// <summary>
    /// By their name alone, which no session has that is made afterwards: a bound on <c>aws:TokenIssueTime</c> would hold our clock against
    /// AWS's, and one that another process makes at the same moment can be issued after any time that we know.
    /// </summary>
    public static string Document(string id, string roleId, string sessionName) => new JsonObject
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
                ["StringEquals"] = new JsonObject { [UserId] = $"{roleId}:{sessionName}" },
            },
        }),
    }.ToJsonString();

    /// <summary>Whether a document does that for the role, and nothing more.</summary>
    public static bool IsOne(string document, string roleId)
    {
        try
        {
            var statement = PolicyText.Parse(document)["Statement"] is JsonArray { Count: 1 } statements ? statements[0] : null;
            return statement?["Effect"]?.GetValue<string>() == "Deny"
                && statement["Condition"]?["StringEquals"]?[UserId]?.GetValue<string>() is { } session && session.StartsWith(roleId + ":", StringComparison.Ordinal)
                && PolicyText.Canonical(document) == PolicyText.Canonical(Document("", roleId, session[(roleId.Length + 1)..]));
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
