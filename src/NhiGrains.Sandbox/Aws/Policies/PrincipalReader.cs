using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>Reads whom a trust policy is for.</summary>
internal static partial class PrincipalReader
{
    private const string Invalid = "Invalid principal in policy";

    public static Principals Read(JsonElement json, bool except)
    {
        if (json.ValueKind == JsonValueKind.String)
            return StatementReader.Text(json) == "*" ? new(except, ["*"], [], []) : throw AwsException.MalformedPolicy(Invalid);
        if (json.ValueKind != JsonValueKind.Object)
            throw PolicyReader.Syntax();
        (ImmutableArray<string> aws, ImmutableArray<string> services, ImmutableArray<string> federated) = ([], [], []);
        foreach (var kind in json.EnumerateObject())
        {
            switch (kind.Name)
            {
                case "AWS":
                    aws = StatementReader.Texts(kind.Value, IsPrincipal, Invalid);
                    break;
                case "Service":
                    services = StatementReader.Texts(kind.Value, Service().IsMatch, Invalid);
                    break;
                case "Federated":
                    federated = StatementReader.Texts(kind.Value, text => text.Length > 0, Invalid);
                    break;
                default:
                    throw AwsException.MalformedPolicy(Invalid);
            }
        }

        return aws.IsEmpty && services.IsEmpty && federated.IsEmpty ? throw AwsException.MalformedPolicy(Invalid) : new(except, aws, services, federated);
    }

    private static bool IsPrincipal(string text) => text == "*" || Principal().IsMatch(text);

    // A principal is named in full: wildcards are possible in conditions, not here.
    [GeneratedRegex(@"^(\d{12}|A(ID|RO)A[A-Z0-9]{16,}|arn:aws:iam::\d{12}:(root|user/[^*?]+|role/[^*?]+)|arn:aws:sts::\d{12}:assumed-role/[^*?/]+/[^*?/]+)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Principal();

    [GeneratedRegex(@"^[a-z0-9.-]+\.amazonaws\.com\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Service();
}
