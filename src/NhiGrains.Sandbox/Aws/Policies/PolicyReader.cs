using System.Collections.Immutable;
using System.Text.Json;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>
/// Reads policies as IAM does when one is written: what its grammar does not have is <c>MalformedPolicyDocument</c>, not
/// something to pass over.
/// </summary>
internal static class PolicyReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <exception cref="AwsException"><c>MalformedPolicyDocument</c>.</exception>
    public static PolicyDocument Identity(string text) => Read(text, StatementReader.Identity);

    /// <exception cref="AwsException"><c>MalformedPolicyDocument</c>.</exception>
    public static PolicyDocument Trust(string text) => Read(text, StatementReader.Trust);

    private static PolicyDocument Read(string text, Func<JsonElement, Statement> statement)
    {
        using var json = Parse(text);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw Syntax();
        var (version, statements) = ("2008-10-17", ImmutableArray<Statement>.Empty);
        foreach (var member in json.RootElement.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Version":
                    version = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
                    break;
                case "Id" when member.Value.ValueKind == JsonValueKind.String:
                    break;
                case "Statement":
                    statements = [.. Many(member.Value).Select(statement)];
                    break;
                default:
                    throw Syntax();
            }
        }

        if (version is not ("2012-10-17" or "2008-10-17") || statements.IsEmpty)
            throw Syntax();
        if (statements.Where(one => one.Sid is { Length: > 0 }).GroupBy(one => one.Sid).Any(same => same.Count() > 1))
            throw AwsException.MalformedPolicy("Statement IDs (SID) in a single policy must be unique.");
        return new(text, version == "2012-10-17", statements);
    }

    /// <summary>One value or a list of them.</summary>
    public static IEnumerable<JsonElement> Many(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [element];

    public static AwsException Syntax() => AwsException.MalformedPolicy("Syntax errors in policy.");

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException)
        {
            throw AwsException.MalformedPolicy("This policy contains invalid Json");
        }
    }
}
