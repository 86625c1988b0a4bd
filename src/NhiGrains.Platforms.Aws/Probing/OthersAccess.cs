using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Probing;

/// <summary>
/// What a principal may have from others than us, so that nobody expects a 'no' where they may say yes. Conditions are not looked at:
/// a question too few is asked, and never a wrong answer expected.
/// </summary>
internal sealed class OthersAccess(PrincipalState state, string identityId)
{
    private readonly (string Source, JsonObject[] Statements)[] _given = [.. Policies(state, identityId).Select(policy => (policy.Source, Allowing(policy.Document)))];

    /// <summary>What may give it; null when nothing does.</summary>
    public string? Source(string action, string arn) =>
        _given.Where(policy => policy.Statements.Any(statement => MayGive(statement, action, arn))).Select(policy => policy.Source).FirstOrDefault();

    private static IEnumerable<(string Source, string Document)> Policies(PrincipalState state, string identityId) => state.Detail is not { } detail
        ? []
        : detail.Inline.Where(policy => !ObservedObjects.IsOurs(policy, identityId)).Select(policy => ($"the inline policy {policy.Name}", policy.Document))
            .Concat(state.Groups.SelectMany(group => group.Inline.Select(policy => ($"the policy {policy.Name} of the group {group.Name}", policy.Document))))
            .Concat(detail.Attached.Concat(state.Groups.SelectMany(group => group.Attached))
                .Select(arn => ($"the policy {arn}", state.Managed.GetValueOrDefault(arn, "{}"))));

    private static JsonObject[] Allowing(string document)
    {
        try
        {
            var statements = PolicyText.Parse(PolicyText.Canonical(document))["Statement"]?.AsArray() ?? [];
            return [.. statements.OfType<JsonObject>().Where(statement => statement["Effect"]?.GetValue<string>() == "Allow")];
        }
        catch (JsonException)
        {
            // AWS refuses what it cannot read, so it gives nothing.
            return [];
        }
    }

    private static bool MayGive(JsonObject statement, string action, string arn) =>
        Named(statement, "Action", action) && Named(statement, "Resource", arn);

    private static bool Named(JsonObject statement, string member, string text) =>
        statement[member] is JsonArray some ? some.Any(pattern => Matches(pattern, text))
        : statement[$"Not{member}"] is not JsonArray others || !others.Any(pattern => Matches(pattern, text));

    /// <summary>A variable in a pattern can stand for anything.</summary>
    private static bool Matches(JsonNode? pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(Variables(pattern?.GetValue<string>() ?? ""), text, ignoreCase: true);

    private static string Variables(string pattern)
    {
        var at = pattern.IndexOf("${", StringComparison.Ordinal);
        return (at < 0 ? pattern : pattern[..at] + "*").Replace("\\", "\\\\", StringComparison.Ordinal);
    }
}
