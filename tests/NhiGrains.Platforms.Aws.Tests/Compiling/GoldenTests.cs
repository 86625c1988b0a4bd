using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

/// <summary>
/// What is asked and what AWS gets, for people to read: Golden/*.json. After a change that is meant, run these tests with
/// <c>NHIGRAINS_REWRITE_GOLDEN=1</c>, and read what git shows.
/// </summary>
public class GoldenTests
{
    private static readonly GoldenFiles Files = new("tests/NhiGrains.Platforms.Aws.Tests/Golden", ".json");

    private static readonly DateTimeOffset End = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Cases => [.. Asked.Keys];

    private static Dictionary<string, DesiredEntitlement[]> Asked { get; } = new(StringComparer.Ordinal)
    {
        ["s3-object-by-name-with-an-end"] = [For("g1", End, On("s3-object", "orders-prod", ResourceMatch.Exact, "team-a/orders.csv", Verb.Read, Verb.Write))],
        ["s3-objects-by-prefix"] = [For("intent", null, On("s3-object", "orders-prod", ResourceMatch.Prefix, "team-a/", Verb.List, Verb.Read, Verb.Delete))],
        ["s3-all-objects-and-the-bucket"] = [For("intent", null, On("s3-object", "orders-prod", ResourceMatch.All, null, Verb.List, Verb.Read)), For("intent", null, On("s3-bucket", "", ResourceMatch.Exact, "orders-prod", Verb.Read))],
        ["s3-bucket-with-its-lifecycle"] = [For("g1", End, On("s3-bucket", "", ResourceMatch.Exact, "orders-prod", Verb.Write) with { NativeActions = ["aws:s3:PutLifecycleConfiguration"] })],
        ["sqs-queue-in-a-window-from-a-network"] = [For("g1", End, On("sqs-queue", "eu-central-1", ResourceMatch.Exact, "orders", Verb.Read, Verb.Write, Verb.Delete) with { Conditions = new(NotBefore: End.AddHours(-8), SourceCidrs: ["10.0.0.0/8", "192.0.2.0/24"]) })],
        ["dynamodb-tables-by-prefix"] = [For("intent", null, On("dynamodb-table", "eu-central-1", ResourceMatch.Prefix, "orders-", Verb.Read, Verb.Write))],
        ["secret-by-name"] = [For("g1", End, On("secretsmanager-secret", "eu-central-1", ResourceMatch.Exact, "team-a/database", Verb.Read))],
        ["secrets-by-prefix-and-tag"] = [For("intent", null, On("secretsmanager-secret", "eu-central-1", ResourceMatch.Prefix, "team-a/", Verb.Read) with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) })],
        ["secrets-by-a-prefix-that-ends-at-a-dash"] = [For("intent", null, On("secretsmanager-secret", "eu-central-1", ResourceMatch.Prefix, "team-a-", Verb.Read))],
        ["lambda-function"] = [For("g1", End, On("lambda-function", "eu-central-1", ResourceMatch.Exact, "orders-worker", Verb.Invoke, Verb.Read))],
        ["iam-role-to-assume"] = [For("intent", null, On("iam-role", "", ResourceMatch.Exact, "team-a/deployer", Verb.UseCredential))],
        ["iam-role-to-assume-for-a-time"] = [For("g1", End, On("iam-role", "", ResourceMatch.Exact, "team-a/deployer", Verb.UseCredential))],
        ["native-action"] = [For("g1", End, On("s3-object", "orders-prod", ResourceMatch.Prefix, "team-a/", Verb.Read) with { NativeActions = ["aws:s3:GetObjectVersion"] })],
        ["two-grants-that-overlap"] = [For("g1", End, On("sqs-queue", "eu-central-1", ResourceMatch.Exact, "orders", Verb.Write)), For("g2", End.AddDays(1), On("sqs-queue", "eu-central-1", ResourceMatch.Exact, "orders", Verb.Write, Verb.Delete))],
        ["listing-by-one-name"] = [For("intent", null, On("s3-object", "orders-prod", ResourceMatch.Exact, "team-a/orders.csv", Verb.List))],
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_asked_becomes_what_the_file_says(string name) => Files.Check(name, Text(Asked[name]));

    [Fact]
    public void Every_file_is_of_a_case() => Files.CheckNames(Asked.Keys);

    private static string Text(DesiredEntitlement[] asked)
    {
        var plan = Compiled.Of("role/billing", consents: true, asked);
        return new JsonObject
        {
            ["asked"] = new JsonArray([.. asked.Select(one => (JsonNode?)$"{one.Source}: {string.Join(" ", one.Entitlement.Verbs.Select(verb => verb.ToString().ToUpperInvariant()).Concat(one.Entitlement.NativeActions ?? []))} of {string.Join(", ", one.Entitlement.Resources)}{When(one)}")]),
            ["fidelity"] = JsonSerializer.SerializeToNode(plan.Fidelity, NhiGrains.Domain.Canonical.Json),
            ["policies"] = new JsonArray([.. plan.Objects.Select(one => (JsonNode?)new JsonObject { ["key"] = one.Key, ["document"] = JsonNode.Parse(one.Body) })]),
        }.ToJsonString(Readable) + "\n";
    }

    private static string When(DesiredEntitlement one)
    {
        var (asked, text) = (one.Entitlement.Conditions, new List<string>());
        if (asked.NotBefore is { } begin)
            text.Add($"from {begin:u}");
        if (one.EndsAt is { } end)
            text.Add($"until {end:u}");
        if (asked.SourceCidrs is { } cidrs)
            text.Add($"from the networks {string.Join(", ", cidrs)}");
        text.AddRange((asked.ResourceTagEquals ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(tag => $"where {tag.Key} is {tag.Value}"));
        return string.Concat(text.Select(part => $", {part}"));
    }

    private static DesiredEntitlement For(string source, DateTimeOffset? end, Entitlement entitlement) => new(entitlement, source, end);

    private static Entitlement On(string type, string container, ResourceMatch match, string? name, params Verb[] verbs) => AwsPlace.On(type, container, match, name, verbs);
}
