using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Policies;

/// <summary>How a policy is shown to who asks for it in one version or the other.</summary>
internal static class PolicyReading
{
    /// <summary>
    /// The policy as JSON. Who asks for a version below 3 sees conditional bindings without their conditions, under names of roles that
    /// there are not (<c>…_withcond_…</c>): he cannot take them for unconditional ones, and cannot write them back.
    /// </summary>
    /// <exception cref="GoogleError">400, for a version that there is not.</exception>
    public static JsonObject Show(Policy policy, int? requested, ProjectState state)
    {
        if (requested is not (null or 0 or 1 or 3))
        {
            throw GoogleError.Invalid(
                $"Invalid value for requested policy version: {requested}. Valid values are 0, 1 and 3.", "options.requested_policy_version");
        }

        var whole = requested == 3;
        var json = new JsonObject { ["version"] = whole && policy.HasConditions ? 3 : 1, ["etag"] = policy.Etag };
        if (!policy.Bindings.IsEmpty)
            json["bindings"] = new JsonArray([.. policy.Bindings.Select(binding => Show(binding, whole, state))]);
        if (policy.AuditConfigs is { } audit)
            json["auditConfigs"] = JsonNode.Parse(audit);
        return json;
    }

    private static JsonObject Show(Binding binding, bool whole, ProjectState state)
    {
        var json = new JsonObject
        {
            ["role"] = binding.Condition is null || whole ? binding.Role : $"{binding.Role}_withcond_{Digest(binding.Condition)}",
            ["members"] = new JsonArray([.. binding.Members
                .Select(member => (JsonNode)Member.ToShown(member, state)).OrderBy(Text, StringComparer.Ordinal)]),
        };
        if (whole && binding.Condition is { } condition)
            json["condition"] = condition.ToJson();
        return json;
    }

    private static string Text(JsonNode node) => node.GetValue<string>();

    private static string Digest(Condition condition) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{condition.Title}\n{condition.Description}\n{condition.Expression}"))[..10]);
}
