using System.Text;
using NhiGrains.Platforms.Catalogues;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

public class CatalogueTests
{
    private const string Good = """
        {"version": 1, "verbs": {"read": ["get"], "write": ["create", "update"]}, "nativeVerbs": ["get", "create", "update"], "verbsThatHandOutAccess": ["bind"],
         "outlastsItsEnd": [{"doing": "Reading", "verbs": ["get"], "types": ["secrets"], "because": "it was read"}],
         "types": [{"type": "pods", "group": "", "offers": ["read"]}, {"type": "pods/exec", "group": "", "offers": [], "refuse": {"verbs": ["*"], "because": "it stays open"}},
                   {"type": "secrets", "group": "", "offers": ["read", "write"], "refuse": {"verbs": ["bind"], "because": "no"}}]}
        """;

    [Fact]
    public void A_good_file_is_taken() => Assert.Equal("pods", Load(Good).Find("pods")?.Resource);

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 0", "'version' is at least 1")]
    [InlineData("\"version\": 1", "\"versoin\": 1", "versoin")]
    [InlineData("\"read\": [\"get\"]", "\"raed\": [\"get\"]", "there is no verb 'raed'; the nearest are 'read'")]
    [InlineData("\"read\": [\"get\"]", "\"read\": [\"gett\"]", "'read': there is no native verb 'gett'; the nearest are 'get'")]
    [InlineData("\"read\": [\"get\"]", "\"read\": []", "'read' stands for no native verb")]
    [InlineData("\"read\": [\"get\"]", "\"read\": [\"bind\"]", "there is no native verb 'bind'")]
    [InlineData("\"nativeVerbs\": [", "\"nativeVerbs\": [\"*\", ", "'*' is no native verb")]
    [InlineData("\"nativeVerbs\": [", "\"nativeVerbs\": [\"bind\", ", "'bind' hands out access")]
    [InlineData("\"offers\": [\"read\"]", "\"offers\": [\"reed\"]", "'pods': there is no verb 'reed'; the nearest are 'read'")]
    [InlineData("\"verbs\": [\"bind\"]", "\"verbs\": [\"bnid\"]", "'refuse' of 'secrets': there is no native verb 'bnid'")]
    [InlineData("\"types\": [\"secrets\"]", "\"types\": [\"secret\"]", "there is no type 'secret'; the nearest are 'secrets'")]
    [InlineData("\"type\": \"pods/exec\"", "\"type\": \"pod/exec\"", "there is no type 'pod'; the nearest are 'pods'")]
    [InlineData("\"type\": \"pods/exec\"", "\"type\": \"pods\"", "The type 'pods' is there twice")]
    [InlineData("{\"version\"", "{{\"version\"", "is an invalid")]
    [InlineData(" \"because\": \"no\"}}]}", " \"because\": ", "Expected")]
    public void A_file_that_is_wrong_is_refused_with_what_was_probably_meant(string instead, string wrong, string told)
    {
        Assert.Contains(instead, Good, StringComparison.Ordinal);

        var refused = Assert.Throws<CatalogueException>(() => Load(Good.Replace(instead, wrong, StringComparison.Ordinal)));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    private static Catalogue Load(string text) => Catalogue.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
