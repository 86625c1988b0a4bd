using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Platforms.Gcp.Tests.Compiling;

/// <summary>
/// What entitlements become, in files that a person can read. With NHIGRAINS_REWRITE_GOLDEN=1 they are written anew, and the change
/// shows in review.
/// </summary>
public class GoldenTests
{
    private static readonly GoldenFiles Files = new("tests/NhiGrains.Platforms.Gcp.Tests/Golden", ".json");

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Cases => [.. Table.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, Entitlement> Table { get; } = new(StringComparer.Ordinal)
    {
        ["object-exact-read"] = Of([Verb.Read], new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "2026/invoice.pdf")),
        ["object-exact-list-refused"] = Of([Verb.List], new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "2026/invoice.pdf")),
        ["object-prefix-read-list"] = Of([Verb.Read, Verb.List], new ResourceSelector("storage-object", "orders", ResourceMatch.Prefix, "team-a/")),
        ["object-all-write-list"] = Of([Verb.Write, Verb.List], new ResourceSelector("storage-object", "orders", ResourceMatch.All, null)),
        ["object-three-in-one-binding"] = Of([Verb.Read], new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "a"), new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "b"), new ResourceSelector("storage-object", "orders", ResourceMatch.Prefix, "c/")),
        ["object-metacharacters"] = Of([Verb.Read], new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "a\") || true || resource.name == (\"\\")),
        ["object-in-a-window"] = Of([Verb.Read], new ResourceSelector("storage-object", "orders", ResourceMatch.Exact, "a")) with { Conditions = new(Start, Start.AddHours(9).AddTicks(1)) },
        ["bucket-exact-read-with-end"] = Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")) with { Conditions = new(NotAfter: Start) },
        ["bucket-prefix-read"] = Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Prefix, "team-a-")),
        ["bucket-all-list"] = Of([Verb.List], new ResourceSelector("storage-bucket", "", ResourceMatch.All, null)),
        ["bucket-write-refused"] = Of([Verb.Write], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")),
        ["native-update-bucket"] = Of([], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")) with { NativeActions = ["gcp:storage.buckets.update"] },
        ["topic-exact-publish"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "orders")),
        ["topic-exact-publish-with-end"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "orders")) with { Conditions = new(NotAfter: Start) },
        ["topic-all-publish-with-end"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "", ResourceMatch.All, null)) with { Conditions = new(NotAfter: Start) },
        ["topic-prefix-refused"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "", ResourceMatch.Prefix, "orders-")),
        ["subscription-exact-read"] = Of([Verb.Read], new ResourceSelector("pubsub-subscription", "", ResourceMatch.Exact, "orders-to-billing")),
        ["secret-exact-read-with-end"] = Of([Verb.Read], new ResourceSelector("secretmanager-secret", "", ResourceMatch.Exact, "db-password")) with { Conditions = new(NotAfter: Start) },
        ["secret-prefix-use-credential"] = Of([Verb.UseCredential], new ResourceSelector("secretmanager-secret", "", ResourceMatch.Prefix, "team-a-")),
        ["run-service-invoke-with-end"] = Of([Verb.Invoke], new ResourceSelector("run-service", GcpTarget.Region, ResourceMatch.Exact, "checkout")) with { Conditions = new(NotAfter: Start) },
        ["run-service-all-of-a-region-refused"] = Of([Verb.Invoke], new ResourceSelector("run-service", GcpTarget.Region, ResourceMatch.All, null)),
        ["native-update-topic"] = Of([], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "orders")) with { NativeActions = ["gcp:pubsub.topics.update"] },
        ["native-hands-out-access-refused"] = Of([], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "orders")) with { NativeActions = ["gcp:pubsub.topics.setIamPolicy"] },
        ["source-address-refused"] = Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")) with { Conditions = new(SourceCidrs: ["10.0.0.0/8"]) },
        ["tags-refused"] = Of([Verb.Read], new ResourceSelector("storage-bucket", "", ResourceMatch.Exact, "orders")) with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) },
        ["other-projects-topic-refused"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "other-prod", ResourceMatch.Exact, "orders")),
        ["path-in-a-name-refused"] = Of([Verb.Write], new ResourceSelector("pubsub-topic", "", ResourceMatch.Exact, "../../other-prod/topics/orders")),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_entitlement_becomes_what_its_file_says(string name) => Files.Check(name, Shown(Table[name]));

    [Fact]
    public void Every_file_is_of_a_case() => Files.CheckNames(Table.Keys);

    private static Entitlement Of(Verb[] verbs, params ResourceSelector[] resources) => new(GcpTarget.PlatformId, verbs, resources, Conditions.None);

    private static string Shown(Entitlement entitlement)
    {
        var plan = new Compiler(Some.Options).Compile(new("billing", Some.Binding, [new(entitlement, "g1", null)], ControllerEndAllowed: true));
        var shown = new JsonObject
        {
            ["entitlement"] = JsonNode.Parse(Canonical.Text(entitlement)),
            ["fidelity"] = JsonSerializer.SerializeToNode(plan.Fidelity, Canonical.Json),
            ["objects"] = new JsonArray([.. plan.Objects.Select(Shown)]),
        };
        return shown.ToJsonString(Readable) + "\n";
    }

    private static JsonNode? Shown(NativeObject one) => new JsonObject { ["kind"] = one.Kind, ["key"] = one.Key, ["body"] = JsonNode.Parse(one.Body) };
}
