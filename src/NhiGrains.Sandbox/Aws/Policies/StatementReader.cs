using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>Reads one statement of a policy, by the grammar for the place where the policy stands.</summary>
internal static partial class StatementReader
{
    /// <summary>Of a policy that is attached to whom it is for: it has resources and no principal.</summary>
    public static Statement Identity(JsonElement json)
    {
        var statement = Read(json);
        if (statement.Principals is not null)
            throw AwsException.MalformedPolicy("Policy document should not specify a principal.");
        if (statement.Resources is null)
            throw AwsException.MalformedPolicy("Policy statement must contain resources.");
        return statement;
    }

    /// <summary>Of a role's trust policy: it has principals, and its resource is the role.</summary>
    public static Statement Trust(JsonElement json)
    {
        var statement = Read(json);
        if (statement.Resources is not null)
            throw AwsException.MalformedPolicy("Has prohibited field Resource");
        if (statement.Principals is null)
            throw AwsException.MalformedPolicy("Missing required field Principal");
        if (!statement.Actions.Values.All(action => action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase)))
            throw AwsException.MalformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
        return statement;
    }

    private static Statement Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw PolicyReader.Syntax();
        string? sid = null;
        bool? allows = null;
        Principals? principals = null;
        (Patterns? actions, Patterns? resources) = (null, null);
        var conditions = ImmutableArray<Condition>.Empty;
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Sid":
                    sid = Text(member.Value);
                    break;
                case "Effect":
                    allows = Text(member.Value) switch { "Allow" => true, "Deny" => false, _ => throw PolicyReader.Syntax() };
                    break;
                case "Principal" or "NotPrincipal" when principals is null:
                    principals = PrincipalReader.Read(member.Value, except: member.Name == "NotPrincipal");
                    break;
                case "Action" or "NotAction" when actions is null:
                    actions = new(member.Name == "NotAction", Texts(member.Value, IsAction, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
                    break;
                case "Resource" or "NotResource" when resources is null:
                    resources = new(member.Name == "NotResource", Texts(member.Value, IsResource, "Resource must be in ARN format or \"*\"."));
                    break;
                case "Condition":
                    conditions = ConditionReader.Read(member.Value);
                    break;
                default:
                    throw PolicyReader.Syntax();
            }
        }

        if (allows is null || actions is null || (sid is not null && !Sid().IsMatch(sid)))
            throw PolicyReader.Syntax();
        return new(sid, allows.Value, principals, actions, resources, conditions);
    }

    public static string Text(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? json.GetString() ?? "" : throw PolicyReader.Syntax();

    public static ImmutableArray<string> Texts(JsonElement json, Func<string, bool> allowed, string otherwise)
    {
        ImmutableArray<string> values = [.. PolicyReader.Many(json).Select(Text)];
        if (values.IsEmpty)
            throw PolicyReader.Syntax();
        return values.All(allowed) ? values : throw AwsException.MalformedPolicy(otherwise);
    }

    private static bool IsAction(string text) => text == "*" || Action().IsMatch(text);

    // The partition and the service are said in full: IAM takes no wildcard for them.
    private static bool IsResource(string text) => text == "*" || Resource().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Sid();

    [GeneratedRegex(@"^[A-Za-z0-9-]+:[A-Za-z0-9*?]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Action();

    [GeneratedRegex(@"^arn:(aws|aws-cn|aws-us-gov):[a-z0-9-]+(:.*)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Resource();
}
