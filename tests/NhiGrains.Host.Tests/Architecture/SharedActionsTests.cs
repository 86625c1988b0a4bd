using System.Text.Json;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Architecture;

/// <summary>What two verbs of a type have in common on a platform is known to policy: it decides by verbs.</summary>
public class SharedActionsTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Each verb of each type with its native actions.</summary>
    private static (string Type, (Verb Verb, string[] Actions)[] Verbs)[] TypesOf(string platform)
    {
        using var catalogue = JsonDocument.Parse(File.ReadAllText(Checkout.PathOf($"src/NhiGrains.Platforms.{platform}/Compiling/catalogue.json")), Lenient);
        var root = catalogue.RootElement;
        return
        [
            .. root.GetProperty("types").EnumerateArray().Select(type => (
                Text(type.GetProperty("type")),
                type.TryGetProperty("offers", out var offers)
                    ? offers.EnumerateArray().Select(verb => (VerbOf(Text(verb)), Texts(root.GetProperty("verbs").GetProperty(Text(verb))))).ToArray()
                    : [.. type.GetProperty("verbs").EnumerateObject().Select(verb => (VerbOf(verb.Name), Texts(verb.Value)))])),
        ];
    }

    [Theory]
    [InlineData("Aws", 0)]
    [InlineData("Gcp", 1)]
    [InlineData("Kubernetes", 0)]
    [InlineData("Postgres", 1)]
    public void Two_verbs_that_share_a_native_action_are_told_to_policy(string platform, int shared)
    {
        var types = TypesOf(platform);
        Assert.True(types.Length > 4 && types.Sum(type => type.Verbs.Sum(verb => verb.Actions.Length)) > 8);
        var pairs = types.SelectMany(type => type.Verbs.SelectMany(one => type.Verbs.Where(other => one.Verb < other.Verb && one.Actions.Intersect(other.Actions, StringComparer.Ordinal).Any()).Select(other => (type.Type, one.Verb, Other: other.Verb)))).ToArray();

        Assert.All(pairs, pair =>
        {
            Assert.True(VerbsInVerbs.Touches([pair.Other], pair.Type, pair.Verb), $"{pair} of {platform} share a native action, and VerbsInVerbs does not say so");
            Assert.True(VerbsInVerbs.Touches([pair.Verb], pair.Type, pair.Other));
            Assert.NotEqual(VerbsInVerbs.Cover([pair.Verb], [pair.Type], pair.Verb), VerbsInVerbs.Cover([pair.Other], [pair.Type], pair.Other));
        });
        Assert.Equal(shared, pairs.Length);
    }

    [Fact]
    public void What_is_told_to_policy_is_of_types_that_there_are() =>
        Assert.Empty(VerbsInVerbs.Types.Except(new[] { "Aws", "Gcp", "Kubernetes", "Postgres" }.SelectMany(TypesOf).Select(type => type.Type), StringComparer.Ordinal));

    private static Verb VerbOf(string text) => Enum.Parse<Verb>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(Text)];

    private static string Text(JsonElement element) => element.GetString() ?? throw new InvalidDataException("It is no text.");
}
