using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>The policy that takes everything from one grant's sessions and from nobody else.</summary>
internal static class SessionPolicies
{
    private const string UserId = "aws:userid";
    private const string IssueTime = "aws:TokenIssueTime";

    /// <param name="until">When the last of these sessions is over: none was issued later, whatever our clock says.</param>
    public static string Document(string id, string roleId, string sessionName, DateTimeOffset until) => new JsonObject
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
                ["DateLessThanEquals"] = new JsonObject { [IssueTime] = Bounds.Text(until) },
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
                && statement["Condition"]?["DateLessThanEquals"]?[IssueTime]?.GetValue<string>() is { } until
                && PolicyText.Canonical(document) == PolicyText.Canonical(Document("", roleId, session[(roleId.Length + 1)..], DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture)));
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
