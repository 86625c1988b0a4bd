using System.Text;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Catalogues;

namespace NhiGrains.Platforms.Tests.Catalogues;

public class PlatformCatalogueTests
{
    private const string Good = """
        {"version": 1, "actions": ["s3:GetObject", "s3:PutObject", "iam:PassRole"], "handsOutAccess": ["iam:PassRole"],
         "types": [{"type": "object", "verbs": {"read": ["s3:GetObject"], "write": ["s3:PutObject"]}}]}
        """;

    [Fact]
    public void A_good_file_says_what_a_verb_stands_for()
    {
        var catalogue = Load(Good);

        var type = catalogue.Find("object");

        Assert.NotNull(type);
        Assert.Equal(["s3:GetObject"], PlatformCatalogue<TestType>.ActionsOf(Verb.Read, type) ?? []);
        Assert.Null(PlatformCatalogue<TestType>.ActionsOf(Verb.Delete, type));
        Assert.Null(catalogue.Find("bucket"));
    }

    [Theory]
    [InlineData("\"read\": [\"s3:GetObject\"]", "\"read\": [\"s3:GetObjekt\"]", "there is no action 's3:GetObjekt'; the nearest are 's3:GetObject'")]
    [InlineData("\"read\":", "\"raed\":", "there is no verb 'raed'; the nearest are 'read'")]
    [InlineData("[\"iam:PassRole\"],", "[\"iam:PasRole\"],", "there is no action 'iam:PasRole'; the nearest are 'iam:PassRole'")]
    [InlineData("\"s3:PutObject\", \"iam", "\"s3:PutObject\", \"s3:*\", \"iam", "'s3:*' is no action")]
    [InlineData("\"read\": [\"s3:GetObject\"]", "\"read\": []", "'read' of 'object' stands for no action")]
    [InlineData("\"version\": 1", "\"version\": 0", "'version' is at least 1")]
    [InlineData("\"version\": 1", "\"versoin\": 1", "versoin")]
    [InlineData("\"types\": [", "\"types\": [{\"type\": \"object\", \"verbs\": {\"read\": [\"s3:GetObject\"]}}, ", "The type 'object' is there twice")]
    [InlineData("{\"version\"", "{{\"version\"", "is an invalid")]
    public void A_file_that_is_wrong_is_refused_with_what_was_probably_meant(string instead, string wrong, string told)
    {
        Assert.Contains(instead, Good, StringComparison.Ordinal);

        var refused = Assert.Throws<CatalogueException>(() => Load(Good.Replace(instead, wrong, StringComparison.Ordinal)));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var refused = Assert.Throws<CatalogueException>(() => Load(Good.Replace("s3:GetObject\"]", "x\"]", StringComparison.Ordinal).Replace("\"version\": 1", "\"version\": 0", StringComparison.Ordinal)));

        Assert.Equal(2, refused.Problems.Count);
    }

    private static PlatformCatalogue<TestType> Load(string text) => PlatformCatalogue<TestType>.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private sealed record TestType(string Type, IReadOnlyDictionary<string, string[]> Verbs) : ICatalogueType;
}
